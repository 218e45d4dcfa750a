#include "schema/database_state.h"

#include <string.h>

#include "base/memory.h"
#include "postgres/kept_query.h"
#include "postgres/reading.h"
#include "schema/delta.h"
#include "schema/left_out.h"

static const size_t most_told = 5;

/* Partitions are read with their parent. */
static const char tables_query[] =
    "SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_class c "
    "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') "
    "AND NOT c.relispartition AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' "
    "ORDER BY 1";

static bool take_schema(struct connection *c, const struct database_state *s,
                        struct snapshot *schema, struct error *e)
{
    if (!snapshot_take(c, schema, e))
        return false;
    snapshot_leave_out(schema, s->left_out, s->left_out_count);
    if (outside_add(c, s->outside, schema, e))
        return true;
    snapshot_release(schema);
    return false;
}

static const struct table_state *find_table(const struct database_state *s, const char *name)
{
    for (size_t i = 0; i < s->table_count; i++)
        if (strcmp(s->tables[i].rows.table, name) == 0)
            return &s->tables[i];
    return NULL;
}

/* The table's rows, which are those of the earlier state where the marks agree. */
static bool take_table(struct connection *c, const char *name, const struct database_state *earlier,
                       struct database_state *s, struct error *e)
{
    const struct table_state *same = earlier && table_marks_agree(&earlier->marks, &s->marks, name)
                                         ? find_table(earlier, name)
                                         : NULL;
    struct table_state *t = memory_append(&s->tables, &s->table_count, sizeof *s->tables);
    if (!same)
        return fingerprint_take(c, name, NULL, 0, &t->rows, e);
    *t = (struct table_state){.rows = same->rows, .lent = true};
    return true;
}

static bool take_tables(struct connection *c, const struct database_state *earlier,
                        struct database_state *s, struct error *e)
{
    PGresult *names = connection_query(c, tables_query, 0, NULL, e);
    if (!names)
        return false;
    bool good = true;
    for (int i = 0; i < PQntuples(names) && good; i++) {
        const char *name = PQgetvalue(names, i, 0);
        if (left_out(name, strlen(name), s->left_out, s->left_out_count))
            continue;
        good = take_table(c, name, earlier, s, e);
    }
    PQclear(names);
    return good;
}

/*
 * A number for each table of the database itself that may be read; statistics come and go by
 * themselves. In groups, each a query of its own: a transaction locks all that it reads, and a
 * server keeps 64 locks a connection by default (PostgreSQL manual, 20.12).
 */
static const char tallies_query[] =
    "SELECT 'SELECT ARRAY[' || string_agg(format('(SELECT concat(count(*), ''/'', count(*) FILTER "
    "(WHERE age(xmin) <= age($1::text::xid))) FROM ONLY %I.%I)', nspname, relname), ',' "
    "ORDER BY nspname, relname) || ']::text' FROM (SELECT nspname, relname, "
    "(row_number() OVER (ORDER BY nspname, relname) - 1) / 250 AS part FROM pg_class c "
    "JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r', 'm') AND NOT relisshared "
    "AND (relkind = 'r' OR relispopulated) AND nspname !~ '^pg_(toast|temp)' "
    "AND relname !~ '^pg_statistic' AND has_table_privilege(c.oid, 'SELECT')) t "
    "GROUP BY part ORDER BY part";

static const char now_query[] =
    "SELECT (pg_snapshot_xmax(pg_current_snapshot())::text::numeric % 4294967296)::text";

typedef PGresult *asking(struct connection *c, const char *sql, size_t count,
                         const char *const *values, struct error *e);

/* In a spell of its own, whose locks go with it. */
static bool take_part(struct connection *c, asking *ask, const char *sql, const char *since,
                      struct text *all, struct error *e)
{
    struct reading reading;
    if (!reading_begin(&reading, c, e))
        return false;
    PGresult *part = ask(c, sql, 1, &since, e);
    if (part)
        text_append(all, PQgetvalue(part, 0, 0));
    bool good = part != NULL;
    PQclear(part);
    return reading_end(&reading, c, good, e);
}

static char *take_tally(struct connection *c, asking *ask, const struct database_state *s,
                        struct error *e)
{
    struct text all = {0};
    bool good = true;
    for (size_t i = 0; good && i < s->tally_count; i++)
        good = take_part(c, ask, s->tallies[i], s->since, &all, e);
    if (good)
        return text_detach(&all);
    text_release(&all);
    return NULL;
}

static bool take_tallies(struct connection *c, struct database_state *s, struct error *e)
{
    PGresult *queries = connection_query(c, tallies_query, 0, NULL, e);
    for (int i = 0; queries && i < PQntuples(queries); i++)
        *(char **)memory_append(&s->tallies, &s->tally_count, sizeof *s->tallies) =
            memory_copy_of(PQgetvalue(queries, i, 0));
    PQclear(queries);
    return queries != NULL;
}

bool database_state_take(struct connection *c, const struct database_state *earlier,
                         struct database_state *s, struct error *e)
{
    s->since =
        earlier ? memory_copy_of(earlier->since) : connection_value(c, now_query, 0, NULL, e);
    return s->since && take_tallies(c, s, e) &&
           (s->tally = take_tally(c, connection_query, s, e)) && take_schema(c, s, &s->schema, e) &&
           table_marks_take(c, earlier ? earlier->marks.since : NULL, &s->marks, e) &&
           take_tables(c, earlier, s, e);
}

bool database_state_tally(const struct database_state *s, struct connection *c, char **tally,
                          struct error *e)
{
    struct error trial = {0};
    *tally = take_tally(c, kept_query, s, &trial);
    bool gone = strcmp(trial.sqlstate, "42P01") == 0; /* a table is no longer there */
    if (!gone)
        error_take(e, &trial);
    return e->kind == ERROR_NONE;
}

bool database_state_tallies(const struct database_state *s, struct connection *c, bool *same,
                            struct error *e)
{
    char *now;
    bool good = database_state_tally(s, c, &now, e);
    *same = now && strcmp(now, s->tally) == 0;
    free(now);
    return good;
}

static void release_table(struct table_state *t)
{
    if (!t->lent)
        fingerprint_release(&t->rows);
}

/* Keeps to the columns whose values are the same in both. */
static bool settle_table(struct table_state *t, const struct fingerprint *other,
                         struct connection *c, struct error *e)
{
    if (fingerprint_equal(&t->rows, other))
        return true;
    const char **stable = memory_zeroed(t->rows.column_count, sizeof *stable);
    size_t count = 0;
    bool comparable = other->state == FINGERPRINT_TAKEN && t->rows.rows == other->rows &&
                      t->rows.column_count == other->column_count;
    for (size_t i = 0; comparable && i < t->rows.column_count; i++)
        if (t->rows.column_sums[i] == other->column_sums[i])
            stable[count++] = t->rows.columns[i];
    bool good = true;
    struct fingerprint again = {0};
    t->counted = count == 0;
    if (count && (good = fingerprint_take(c, t->rows.table, stable, count, &again, e))) {
        release_table(t);
        t->rows = again;
        t->lent = false;
    }
    free(stable);
    return good;
}

bool database_state_settle(struct database_state *s, struct connection *c, struct error *e)
{
    struct table_marks marks = {0};
    bool good = table_marks_take(c, s->marks.since, &marks, e);
    for (size_t i = 0; i < s->table_count && good; i++) {
        struct fingerprint other = {0};
        if (table_marks_agree(&s->marks, &marks, s->tables[i].rows.table))
            continue;
        good = fingerprint_take_again(c, &s->tables[i].rows, &other, e) &&
               settle_table(&s->tables[i], &other, c, e);
        fingerprint_release(&other);
    }
    table_marks_release(&marks);
    return good;
}

void database_state_count_only(struct database_state *s, char *const *tables, size_t count)
{
    for (size_t i = 0; i < s->table_count; i++) {
        const char *name = s->tables[i].rows.table;
        if (left_out(name, strlen(name), tables, count))
            s->tables[i].counted = true;
    }
}

struct told {
    struct text *text;
    size_t count;
};

static void tell(struct told *t, const char *difference)
{
    if (t->count++ < most_told)
        text_append_format(t->text, "%s%s", t->text->length ? "; " : "", difference);
}

static bool compare_schema(const struct database_state *s, struct connection *c, struct told *told,
                           struct error *e)
{
    struct snapshot now = {0};
    struct delta delta = {0};
    struct delta_differences differences = {0};
    if (!take_schema(c, s, &now, e))
        return false;
    if (!snapshot_equal(&s->schema, &now)) {
        delta_compute(&s->schema, &now, &delta);
        delta_compare(&delta, NULL, &differences);
        for (size_t i = 0; i < differences.count; i++)
            tell(told, differences.items[i].message);
    }
    delta_differences_release(&differences);
    delta_release(&delta);
    snapshot_release(&now);
    return true;
}

static bool compare_table(const struct table_state *t, struct connection *c, struct told *told,
                          struct error *e)
{
    struct fingerprint now = {0};
    struct fingerprint_difference difference = {0};
    if (!fingerprint_take_again(c, &t->rows, &now, e))
        return false;
    fingerprint_compare(&t->rows, &now, &difference);
    bool differs = t->counted && now.state == FINGERPRINT_TAKEN ? now.rows != t->rows.rows
                                                                : difference.differs;
    if (differs && now.state == FINGERPRINT_TAKEN) { /* else the schema has reported it */
        char *message = fingerprint_difference_text(&t->rows, &now, &difference);
        tell(told, message);
        free(message);
    }
    fingerprint_difference_release(&difference);
    fingerprint_release(&now);
    return true;
}

static bool compare_rows(const struct database_state *s, struct connection *c, struct told *told,
                         struct error *e)
{
    struct table_marks marks = {0};
    bool good = table_marks_take(c, s->marks.since, &marks, e);
    for (size_t i = 0; good && i < s->table_count; i++)
        good = table_marks_agree(&s->marks, &marks, s->tables[i].rows.table) ||
               compare_table(&s->tables[i], c, told, e);
    table_marks_release(&marks);
    if (!good)
        return false;
    if (told->count > most_told)
        text_append_format(told->text, "; and %zu more", told->count - most_told);
    return true;
}

bool database_state_compare(const struct database_state *s, struct connection *c,
                            struct text *differences, struct error *e)
{
    struct told told = {.text = differences};
    return compare_schema(s, c, &told, e) && compare_rows(s, c, &told, e);
}

bool database_state_compare_rows(const struct database_state *s, struct connection *c,
                                 struct text *differences, struct error *e)
{
    struct told told = {.text = differences};
    return compare_rows(s, c, &told, e);
}

bool database_state_equal(const struct database_state *a, const struct database_state *b)
{
    bool equal = snapshot_equal(&a->schema, &b->schema) && a->table_count == b->table_count;
    for (size_t i = 0; equal && i < a->table_count; i++)
        equal = fingerprint_equal(&a->tables[i].rows, &b->tables[i].rows);
    return equal;
}

void database_state_release(struct database_state *s)
{
    for (size_t i = 0; i < s->table_count; i++)
        release_table(&s->tables[i]);
    free(s->tables);
    table_marks_release(&s->marks);
    snapshot_release(&s->schema);
    free(s->since);
    for (size_t i = 0; i < s->tally_count; i++)
        free(s->tallies[i]);
    free(s->tallies);
    free(s->tally);
    *s = (struct database_state){0};
}
