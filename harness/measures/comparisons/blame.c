#include "measures/comparisons/blame.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/valid_text.h"

enum { EXCERPT = 100 }; /* bytes */

const struct statement_cost *blame_find(const struct cost_record *record, size_t number)
{
    if (number > 0 && number <= record->statement_count &&
        record->statements[number - 1].number == number) /* as it usually is */
        return &record->statements[number - 1];
    for (size_t i = 0; i < record->statement_count; i++)
        if (record->statements[i].number == number)
            return &record->statements[i];
    return NULL;
}

const struct statement_cost *blame_find_text(const struct cost_record *record, const char *sql)
{
    for (size_t i = 0; i < record->statement_count; i++)
        if (strcmp(record->statements[i].sql, sql) == 0)
            return &record->statements[i];
    return NULL;
}

/* The next line on that is neither blank nor a comment; its end if there is none. */
static const char *next_line(const char *sql)
{
    for (;;) {
        sql += strspn(sql, " \t\r\n");
        if (strncmp(sql, "--", 2) != 0)
            return sql;
        sql += strcspn(sql, "\n");
    }
}

static size_t line_length(const char *line)
{
    size_t length = strcspn(line, "\n");
    while (length > 0 && strchr(" \t\r", line[length - 1]))
        length--;
    return length;
}

static bool same_line(const char *a, const char *b)
{
    return line_length(a) == line_length(b) && strncmp(a, b, line_length(a)) == 0;
}

/* How many lines they begin with in common, and where each goes on. */
static size_t common_lines(const char **a, const char **b)
{
    size_t count = 0;
    *a = next_line(*a);
    *b = next_line(*b);
    while (**a && **b && same_line(*a, *b)) {
        *a = next_line(*a + line_length(*a));
        *b = next_line(*b + line_length(*b));
        count++;
    }
    return count;
}

static bool has_line(const char *sql, const char *line)
{
    for (sql = next_line(sql); *sql; sql = next_line(sql + line_length(sql)))
        if (same_line(sql, line))
            return true;
    return false;
}

/* On one line, cut after a whole character. */
static void append_excerpt(struct text *t, const char *sql, size_t length)
{
    char *part = memory_format("%.*s", (int)length, sql);
    char *plain = text_one_line(part);
    char *valid = valid_line(plain);
    size_t end = 0;
    while (valid[end]) {
        uint32_t code;
        size_t next = utf8_decode(valid + end, &code);
        if (end + (next ? next : 1) > EXCERPT)
            break;
        end += next ? next : 1;
    }
    text_append_bytes(t, valid, end);
    text_append(t, valid[end] ? " …" : "");
    free(valid);
    free(plain);
    free(part);
}

/* The base's version of the statement: the one that begins with the most lines of it. */
static void append_difference(struct text *t, const struct cost_record *base, const char *sql)
{
    const char *here = next_line(sql), *there = "";
    size_t most = 0;
    for (size_t i = 0; !blame_find_text(base, sql) && i < base->statement_count; i++) {
        const char *a = sql, *b = base->statements[i].sql;
        size_t common = common_lines(&a, &b);
        if (common > most && *a) {
            most = common;
            here = a;
            there = b;
        }
    }
    text_append(t, most ? "… " : "");
    append_excerpt(t, here, strlen(here));
    if (*there && has_line(there, here)) {
        text_append(t, "; the base has before it: ");
        append_excerpt(t, there, line_length(there));
    }
}

char *blame_statement(const struct cost_record *base, const struct statement_cost *s)
{
    struct text t = {0};
    text_append_format(&t, "statement %zu", s->number);
    if (s->step)
        text_append_format(&t, " of step %s", s->step);
    text_append(&t, " (");
    append_difference(&t, base, s->sql);
    text_append(&t, ")");
    return text_detach(&t);
}
