#include "production/shapes/json_lines.h"

#include <stdint.h>
#include <string.h>

#include "base/valid_text.h"

/* Types whose text is JSON already (PostgreSQL, pg_type.dat). */
enum {
    BOOL = 16,
    INT8 = 20,
    INT2 = 21,
    INT4 = 23,
    JSON = 114,
    FLOAT4 = 700,
    FLOAT8 = 701,
    NUMERIC = 1700
};

/* YAML 1.1, 5.1 and 5.4: what is not printable, or breaks a line there, is escaped. */
static bool is_plain(uint32_t code)
{
    return code >= 0x20 && code != 0x7f && !(code >= 0x80 && code < 0xa0) && code != 0x2028 &&
           code != 0x2029 && code != 0xfeff && code < 0x10000 && (code & 0xfffe) != 0xfffe;
}

/* One character from within a string; returns its length. */
static size_t append_character(struct text *t, const char *p)
{
    uint32_t code = 0;
    size_t length = utf8_decode(p, &code);
    bool beyond = code >= 0x10000 && (code & 0xfffe) != 0xfffe;
    if (length && (is_plain(code) || beyond))
        text_append_bytes(t, p, length);
    else
        text_append_format(t, "\\u%04x", length && code < 0x10000 ? code : 0xfffd);
    return length ? length : 1;
}

void json_append_string(struct text *t, const char *string)
{
    text_append(t, "\"");
    for (const char *p = string; *p;) {
        if (*p == '"' || *p == '\\')
            text_append(t, "\\");
        p += append_character(t, p);
    }
    text_append(t, "\"");
}

void json_append_value(struct text *t, const char *json)
{
    bool quoted = false;
    for (const char *p = json; *p;) {
        if (quoted && *p == '\\' && p[1]) {
            text_append_bytes(t, p, 2);
            p += 2;
            continue;
        }
        quoted = quoted != (*p == '"');
        bool gap = !quoted && (*p == ':' || *p == ',');
        p += append_character(t, p);
        text_append(t, gap && *p != ' ' ? " " : "");
    }
}

static bool is_json(Oid type)
{
    return type == BOOL || type == INT8 || type == INT2 || type == INT4 || type == JSON ||
           type == FLOAT4 || type == FLOAT8 || type == NUMERIC;
}

void json_append_row(struct text *t, const PGresult *rows, int row, int first)
{
    size_t begun = t->length;
    for (int i = first; i < PQnfields(rows); i++) {
        if (PQgetisnull(rows, row, i))
            continue;
        text_append(t, t->length > begun ? ", " : "{");
        json_append_string(t, PQfname(rows, i));
        text_append(t, ": ");
        if (is_json(PQftype(rows, i)))
            json_append_value(t, PQgetvalue(rows, row, i));
        else
            json_append_string(t, PQgetvalue(rows, row, i));
    }
    text_append(t, t->length > begun ? "}" : "{}");
}
