#include "migrate/version_table.h"

#include "base/memory.h"
#include "base/text.h"

static const char find_table[] =
    "SELECT c.oid IS NOT NULL, quote_ident(coalesce(n.nspname, current_schema()))"
    "       || '.alembic_version'"
    "  FROM (SELECT to_regclass('alembic_version') AS oid) AS t"
    "  LEFT JOIN pg_class c ON c.oid = t.oid"
    "  LEFT JOIN pg_namespace n ON n.oid = c.relnamespace";

static bool read_rows(struct version_table *t, struct connection *c, struct error *e)
{
    char *sql = memory_format("SELECT version_num FROM %s ORDER BY version_num", t->name);
    PGresult *result = connection_query(c, sql, 0, NULL, e);
    free(sql);
    if (!result)
        return error_prefix(e, "cannot read %s", t->name);
    for (int i = 0; i < PQntuples(result); i++) {
        char **row = memory_append(&t->rows, &t->row_count, sizeof *t->rows);
        *row = memory_copy_of(PQgetvalue(result, i, 0));
    }
    PQclear(result);
    return true;
}

bool version_table_read(struct version_table *t, struct connection *c, struct error *e)
{
    *t = (struct version_table){0};
    PGresult *result = connection_query(c, find_table, 0, NULL, e);
    if (!result)
        return false;
    t->exists = PQgetvalue(result, 0, 0)[0] == 't';
    if (!PQgetisnull(result, 0, 1))
        t->name = memory_copy_of(PQgetvalue(result, 0, 1));
    PQclear(result);
    if (!t->name)
        return error_set(e, ERROR_UNAVAILABLE,
                         "the search_path names no schema in which alembic_version could be");
    return !t->exists || read_rows(t, c, e);
}

void version_table_release(struct version_table *t)
{
    for (size_t i = 0; i < t->row_count; i++)
        free(t->rows[i]);
    free(t->rows);
    free(t->name);
    *t = (struct version_table){0};
}

static bool refuse_several(const struct version_table *t, struct error *e)
{
    struct text rows = {0};
    for (size_t i = 0; i < t->row_count; i++)
        text_append_format(&rows, "%s%s", i ? ", " : "", t->rows[i]);
    error_set(e, ERROR_USAGE,
              "%s holds %zu revisions (%s) where a chain has one: find out at which the database "
              "really stands, then run 'pgrehearse-migrate stamp REVISION'",
              t->name, t->row_count, text_string(&rows));
    text_release(&rows);
    return false;
}

bool version_table_place(const struct version_table *t, const struct chain *c, size_t *place,
                         struct error *e)
{
    *place = 0;
    if (t->row_count == 0)
        return true;
    if (t->row_count > 1)
        return refuse_several(t, e);
    *place = chain_find(c, t->rows[0]);
    return *place > 0 ||
           error_set(e, ERROR_USAGE,
                     "the database stands at revision %s, which no file of this folder has: give "
                     "the folder that has it with --migrations, or, if you are certain of the "
                     "database's state, run 'pgrehearse-migrate stamp REVISION'",
                     t->rows[0]);
}

static bool make_table(const struct version_table *t, struct connection *c, struct error *e)
{
    if (t->exists)
        return true;
    char *sql = memory_format("CREATE TABLE %s (version_num VARCHAR(32) NOT NULL, "
                              "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))",
                              t->name);
    bool good = connection_run(c, sql, e);
    free(sql);
    return good;
}

/* Runs a change and returns the rows that it changed, -1 on failure; frees `sql`. */
static long change(struct connection *c, char *sql, size_t count, const char *const *values,
                   struct error *e)
{
    PGresult *result = connection_query(c, sql, count, values, e);
    free(sql);
    long changed = result ? strtol(PQcmdTuples(result), NULL, 10) : -1;
    PQclear(result);
    return changed;
}

bool version_table_move(const struct version_table *t, struct connection *c, const char *from,
                        const char *to, struct error *e)
{
    if (!make_table(t, c, e))
        return false;
    const char *const values[] = {to ? to : from, from};
    char *sql;
    if (from && to)
        sql = memory_format("UPDATE %s SET version_num = $1 WHERE version_num = $2", t->name);
    else if (to)
        sql = memory_format("INSERT INTO %s (version_num) SELECT $1::varchar "
                            "WHERE NOT EXISTS (SELECT FROM %s)",
                            t->name, t->name);
    else
        sql = memory_format("DELETE FROM %s WHERE version_num = $1", t->name);
    long changed = change(c, sql, from && to ? 2 : 1, values, e);
    if (changed < 0)
        return error_prefix(e, "cannot write the revision to %s", t->name);
    return changed == 1 ||
           error_set(e, ERROR_USAGE,
                     "%s was changed by somebody else while the migration ran: %ld rows could be "
                     "moved from %s, where one was expected",
                     t->name, changed, from ? from : "base");
}

bool version_table_replace(const struct version_table *t, struct connection *c, const char *to,
                           struct error *e)
{
    if (!make_table(t, c, e) || change(c, memory_format("DELETE FROM %s", t->name), 0, NULL, e) < 0)
        return false;
    if (!to)
        return true;
    char *sql = memory_format("INSERT INTO %s (version_num) VALUES ($1)", t->name);
    return change(c, sql, 1, &to, e) == 1;
}
