#include "production/sources/dump_scan.h"

#include <ctype.h>

#include "base/memory.h"

static bool begins(const char *line, const char *with)
{
    return strncmp(line, with, strlen(with)) == 0;
}

static void add_once(char ***names, size_t *count, char *name)
{
    for (size_t i = 0; i < *count; i++) {
        if (strcmp((*names)[i], name) == 0) {
            free(name);
            return;
        }
    }
    *(char **)memory_append(names, count, sizeof **names) = name;
}

/* A word of SQL: a keyword or name, or a single character; `length` 0 at the end. */
struct word {
    const char *start;
    size_t length;
};

static struct word next_word(const char **p)
{
    *p += strspn(*p, " \t");
    struct word w = {*p, 0};
    if (**p == '"' || **p == '\'') {
        char quote = **p;
        do
            w.length++;
        while (w.start[w.length] &&
               (w.start[w.length] != quote || (w.start[w.length + 1] == quote && ++w.length)));
        w.length += w.start[w.length] == quote;
    } else {
        while (isalnum((unsigned char)w.start[w.length]) || w.start[w.length] == '_' ||
               w.start[w.length] == '$' || (unsigned char)w.start[w.length] >= 0x80)
            w.length++;
        w.length += w.length == 0 && *w.start;
    }
    *p += w.length;
    return w;
}

static bool is_word(struct word w, const char *word)
{
    return w.length == strlen(word) && strncmp(w.start, word, w.length) == 0;
}

/* The name that the word stands for, without quotes; NULL if it is none. */
static char *name_of(struct word w)
{
    bool quoted = w.length >= 2 && *w.start == '"';
    if (!quoted && !isalpha((unsigned char)*w.start) && *w.start != '_' &&
        (unsigned char)*w.start < 0x80)
        return NULL;
    char *name = memory_zeroed(w.length + 1, 1);
    size_t length = 0;
    for (size_t i = quoted; i < w.length - quoted; i++) {
        name[length++] = w.start[i];
        i += quoted && w.start[i] == '"'; /* "" stands for one */
    }
    return name;
}

/* Names of the server's own and words that stand for no role in particular. */
static bool is_role(const char *name, bool quoted)
{
    return !begins(name, "pg_") &&
           (quoted || (strcmp(name, "PUBLIC") != 0 && strcmp(name, "CURRENT_USER") != 0 &&
                       strcmp(name, "SESSION_USER") != 0 && strcmp(name, "CURRENT_ROLE") != 0 &&
                       strcmp(name, "DEFAULT") != 0));
}

static void add_role(struct dump_scan *s, struct word w)
{
    char *name = w.length ? name_of(w) : NULL;
    if (name && *name && is_role(name, *w.start == '"'))
        add_once(&s->roles, &s->role_count, name);
    else
        free(name);
}

/*
 * OWNER TO r; TO r, r …; FROM r; FOR ROLE r; SESSION AUTHORIZATION r. These keywords come in front
 * of roles only in the statements that this is asked for.
 */
static void find_roles(struct dump_scan *s, const char *line)
{
    struct word before = {line, 0}, w;
    const char *p = line;
    while ((w = next_word(&p)).length) {
        bool introduces = is_word(w, "TO") || is_word(w, "FROM") || is_word(w, "AUTHORIZATION") ||
                          (is_word(w, "ROLE") && is_word(before, "FOR"));
        before = w;
        if (!introduces)
            continue;
        for (;;) {
            add_role(s, next_word(&p));
            const char *ahead = p;
            if (!is_word(next_word(&ahead), ","))
                break;
            p = ahead;
        }
    }
}

/* NAME [WITH SCHEMA SCHEMA]; */
static void find_extension(struct dump_scan *s, const char *line)
{
    static const char start[] = "CREATE EXTENSION IF NOT EXISTS ";
    const char *p = line + strlen(start);
    struct word w = next_word(&p);
    char *name = w.length ? name_of(w) : NULL;
    if (!name)
        return;
    add_once(&s->extensions, &s->extension_count, name);
    if (s->schema_count == s->extension_count)
        return;
    bool has_schema = is_word(next_word(&p), "WITH") && is_word(next_word(&p), "SCHEMA");
    *(char **)memory_append(&s->schemas, &s->schema_count, sizeof *s->schemas) =
        has_schema && (w = next_word(&p)).length ? name_of(w) : NULL;
}

static void read_head(struct dump_scan *s, const char *line)
{
    static const char from[] = "-- Dumped from database version ", key[] = "\\restrict ",
                      encoding[] = "SET client_encoding = '";
    if (strcmp(line, "-- PostgreSQL database dump") == 0)
        s->is_dump = true;
    else if (strcmp(line, "-- PostgreSQL database cluster dump") == 0)
        s->is_cluster = true;
    else if (begins(line, from) && !s->version)
        s->version =
            memory_format("%.*s", (int)strcspn(line + strlen(from), " "), line + strlen(from));
    else if (begins(line, encoding) && !s->encoding)
        s->encoding = memory_format("%.*s", (int)strcspn(line + strlen(encoding), "'"),
                                    line + strlen(encoding));
    else if (begins(line, key) && !s->key &&
             strspn(line + strlen(key), "0123456789abcdefghijklmnopqrstuvwxyz"
                                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(line + strlen(key)))
        s->key = memory_copy_of(line + strlen(key));
}

/* "-- Name: t; Type: TABLE; …", "-- Data for Name: t; Type: TABLE DATA; …". */
static bool read_entry(struct dump_scan *s, const char *line)
{
    if (!begins(line, "-- Name: ") && !begins(line, "-- Data for Name: "))
        return false;
    s->in_data = begins(line, "-- Data for") && strstr(line, "; Type: TABLE DATA; ");
    return true;
}

static bool ends_with(const char *line, const char *with)
{
    size_t length = strlen(line), end = strlen(with);
    return length >= end && strcmp(line + length - end, with) == 0;
}

static void find_switch(struct dump_scan *s, const char *line)
{
    s->switches = s->switches || begins(line, "SET SESSION AUTHORIZATION ");
}

void dump_scan_line(void *context, double seconds, bool on_stderr, const char *line)
{
    (void)seconds;
    struct dump_scan *s = context;
    if (on_stderr)
        return;
    if (s->in_rows) {
        s->in_rows = strcmp(line, "\\.") != 0;
        return;
    }
    if (++s->lines <= 20)
        read_head(s, line);
    if (strcmp(line, "-- PostgreSQL database dump complete") == 0)
        s->is_whole = true;
    else if (begins(line, "\\connect "))
        s->connects = true;
    else if (read_entry(s, line))
        s->is_whole = false;
    else if (s->in_data)
        s->in_rows = begins(line, "COPY ") && ends_with(line, " FROM stdin;");
    else if (begins(line, "CREATE EXTENSION IF NOT EXISTS "))
        find_extension(s, line);
    else if ((begins(line, "ALTER ") && strstr(line, " OWNER TO ")) || begins(line, "GRANT ") ||
             begins(line, "REVOKE ") || begins(line, "ALTER DEFAULT PRIVILEGES ") ||
             begins(line, "SET SESSION AUTHORIZATION ") || begins(line, "CREATE POLICY ")) {
        find_roles(s, line);
        find_switch(s, line);
    }
}

void dump_scan_release(struct dump_scan *s)
{
    for (size_t i = 0; i < s->role_count; i++)
        free(s->roles[i]);
    for (size_t i = 0; i < s->extension_count; i++)
        free(s->extensions[i]);
    for (size_t i = 0; i < s->schema_count; i++)
        free(s->schemas[i]);
    free(s->roles);
    free(s->extensions);
    free(s->schemas);
    free(s->version);
    free(s->encoding);
    free(s->key);
    *s = (struct dump_scan){0};
}
