#include "schema/table_marks.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "postgres/kept_query.h"
#include "postgres/reading.h"
#include "schema/sql.h"

/* Tables a query: a server keeps 64 locks a connection by default (PostgreSQL manual, 20.12). */
enum { MOST_TABLES = 250 };

/* Of those that run now the oldest: what it writes later counts as newer. */
static const char oldest_query[] =
    "SELECT (pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text::numeric % "
    "4294967296)::text";

static int compare_names(const void *a, const void *b)
{
    const struct table_mark *x = a, *y = b;
    return strcmp(x->name, y->name);
}

/* For each table of `named` from `first` on: its place, how many rows it has, how many newer ones.
 */
static char *count_query(const PGresult *named, int first, int end)
{
    struct text sql = {0};
    for (int i = first; i < end; i++)
        text_append_format(&sql,
                           "%sSELECT %d, count(*), count(*) FILTER (WHERE age(xmin) <= "
                           "age($1::text::xid)) FROM ONLY %s",
                           i > first ? " UNION ALL " : "", i, PQgetvalue(named, i, 0));
    return text_detach(&sql);
}

static void add_mark(struct table_marks *m, const PGresult *named, int place, const char *rows)
{
    struct table_mark *mark = memory_append(&m->items, &m->count, sizeof *m->items);
    *mark =
        (struct table_mark){.name = memory_copy_of(PQgetvalue(named, place, 0)),
                            .mark = memory_format("%s rows %s", PQgetvalue(named, place, 1), rows),
                            .rows = strtoull(rows, NULL, 10)};
}

/* What the server refuses to count, such as a table that we may not read, goes without a mark. */
static bool add_marks(struct connection *c, const PGresult *named, int first, int end,
                      struct table_marks *m, struct error *e)
{
    struct reading reading;
    struct error refused = {0};
    const char *const values[] = {m->since};
    if (!reading_begin(&reading, c, e))
        return false;
    char *sql = count_query(named, first, end);
    PGresult *counts = connection_query(c, sql, 1, values, &refused);
    free(sql);
    for (int i = 0; counts && i < PQntuples(counts); i++)
        if (strcmp(PQgetvalue(counts, i, 2), "0") == 0)
            add_mark(m, named, (int)strtol(PQgetvalue(counts, i, 0), NULL, 10),
                     PQgetvalue(counts, i, 1));
    bool good = counts || !error_is_of_server(&refused) || error_take(e, &refused);
    PQclear(counts);
    return reading_end(&reading, c, good, e);
}

char *table_marks_moment(struct connection *c, struct error *e)
{
    return connection_value(c, oldest_query, 0, NULL, e);
}

static PGresult *ask_names(struct connection *c, struct table_marks *m, struct error *e)
{
    struct reading reading;
    if (!reading_begin(&reading, c, e))
        return NULL;
    if (!m->since)
        m->since = table_marks_moment(c, e);
    const char *const values[] = {m->since};
    PGresult *named = m->since ? kept_query(c, sql_table_marks, 1, values, e) : NULL;
    if (reading_end(&reading, c, named != NULL, e))
        return named;
    PQclear(named);
    return NULL;
}

bool table_marks_take(struct connection *c, const char *since, struct table_marks *m,
                      struct error *e)
{
    *m = (struct table_marks){.since = memory_copy_of(since)};
    PGresult *named = ask_names(c, m, e);
    int count = named ? PQntuples(named) : 0;
    bool good = named != NULL;
    for (int i = 0; good && i < count; i += MOST_TABLES)
        good = add_marks(c, named, i, i + MOST_TABLES < count ? i + MOST_TABLES : count, m, e);
    PQclear(named);
    if (m->count > 1)
        qsort(m->items, m->count, sizeof *m->items, compare_names);
    return good || error_prefix(e, "cannot find which tables are unchanged");
}

const struct table_mark *table_marks_find(const struct table_marks *m, const char *name)
{
    const struct table_mark key = {.name = (char *)name};
    return m->count ? bsearch(&key, m->items, m->count, sizeof *m->items, compare_names) : NULL;
}

bool table_marks_agree(const struct table_marks *a, const struct table_marks *b, const char *name)
{
    const struct table_mark *in_a = table_marks_find(a, name), *in_b = table_marks_find(b, name);
    return in_a && in_b && strcmp(in_a->mark, in_b->mark) == 0;
}

void table_marks_release(struct table_marks *m)
{
    for (size_t i = 0; i < m->count; i++) {
        free(m->items[i].name);
        free(m->items[i].mark);
    }
    free(m->items);
    free(m->since);
    *m = (struct table_marks){0};
}
