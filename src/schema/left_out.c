#include "schema/left_out.h"

#include <stdlib.h>
#include <string.h>

#include "schema/fact.h"

/* Whether `name` begins with the table's, behind its schema where the table has none. */
static bool belongs_to(const char *name, size_t length, const char *table, size_t *behind)
{
    const char *dot = memchr(name, '.', length);
    size_t from = !strchr(table, '.') && dot ? (size_t)(dot - name) + 1 : 0;
    *behind = from + strlen(table);
    return *behind <= length && strncmp(name + from, table, strlen(table)) == 0;
}

bool left_out(const char *name, size_t length, char *const *tables, size_t count)
{
    size_t behind = 0;
    for (size_t i = 0; i < count; i++)
        if (belongs_to(name, length, tables[i], &behind) && behind == length)
            return true;
    return false;
}

static bool is_of_tables(const char *line, char *const *tables, size_t count)
{
    struct fact fact;
    size_t behind = 0;
    for (size_t i = 0; i < count; i++)
        if (fact_parse(&fact, line) &&
            belongs_to(fact.name, fact.name_length, tables[i], &behind) &&
            (behind == fact.name_length || fact.name[behind] == '.'))
            return true;
    return false;
}

void snapshot_leave_out(struct snapshot *s, char *const *tables, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->count; i++) {
        if (is_of_tables(s->lines[i], tables, count)) {
            free(s->lines[i]);
            if (s->users)
                free(s->users[i]);
            continue;
        }
        s->lines[kept] = s->lines[i];
        if (s->users)
            s->users[kept] = s->users[i];
        kept++;
    }
    s->count = kept;
}

/* The end of "after=NAME " or "first " at the beginning of the attributes; NULL if they begin
   otherwise. */
static const char *behind_order(const char *attributes)
{
    static const char word[] = "after=", first[] = "first ";
    bool quoted = false;
    if (strncmp(attributes, first, strlen(first)) == 0)
        return attributes + strlen(first);
    if (strncmp(attributes, word, strlen(word)) != 0)
        return NULL;
    const char *p = attributes + strlen(word);
    for (; *p && (quoted || *p != ' '); p++)
        quoted = quoted != (*p == '"');
    return *p ? p + 1 : NULL;
}

void snapshot_forget_order(struct snapshot *s)
{
    struct fact fact;
    for (size_t i = 0; i < s->count; i++) {
        const char *rest = fact_parse(&fact, s->lines[i]) && fact_has_kind(&fact, "column")
                               ? behind_order(fact.attributes)
                               : NULL;
        if (rest)
            memmove(s->lines[i] + (fact.attributes - s->lines[i]), rest, strlen(rest) + 1);
    }
}

static bool is_version_of_tables(const struct row_version *v, char *const *tables, size_t count)
{
    size_t behind = 0, length = strlen(v->name);
    for (size_t i = 0; i < count; i++)
        if (belongs_to(v->name, length, tables[i], &behind) &&
            (behind == length || (v->is_sequence && v->name[behind] == '_')))
            return true;
    return false;
}

void row_versions_leave_out(struct row_versions *v, char *const *tables, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < v->count; i++) {
        if (!is_version_of_tables(&v->items[i], tables, count)) {
            v->items[kept++] = v->items[i];
            continue;
        }
        free(v->items[i].name);
        free(v->items[i].file);
        free(v->items[i].digest);
    }
    v->count = kept;
}
