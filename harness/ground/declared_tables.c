#include "ground/declared_tables.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "base/yaml_name.h"

static bool is_there(struct connection *c, const char *table, struct error *e)
{
    char *answer =
        connection_value(c, "SELECT to_regclass(quote_ident($1)) IS NOT NULL", 1, &table, e);
    bool there = answer && strcmp(answer, "t") == 0;
    free(answer);
    return there;
}

/* The name is not there: does one that is look like it? In a project it is a mistake in any case,
   since the migrator has made its other tables. */
static bool was_mistyped(const struct ground *ground, struct connection *c, const char *key,
                         const char *table, struct error *e)
{
    PGresult *found = connection_query(
        c,
        "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN "
        "('r', 'p') AND pg_table_is_visible(pg_class.oid) AND nspname !~ '^pg_' AND nspname <> "
        "'information_schema' ORDER BY relname",
        0, NULL, e);
    size_t count = found ? (size_t)PQntuples(found) : 0;
    const char **names = memory_zeroed(count, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = PQgetvalue(found, (int)i, 0);
    bool mistyped = (ground->is_project && count) || nearest_name(table, names, count) != NULL;
    if (mistyped) {
        char *path = suite_path(ground->suite, ground->suite->file);
        yaml_name_unknown(path, key, "table", table, names, count, e);
        free(path);
    }
    free(names);
    PQclear(found);
    return mistyped;
}

static bool check(const struct ground *ground, struct connection *c, const char *key,
                  const char *table, bool is_preserved, struct error *e)
{
    if (is_there(c, table, e))
        return true;
    if (e->kind != ERROR_NONE || was_mistyped(ground, c, key, table, e))
        return false;
    if (is_preserved && !ground->is_project)
        error_set(e, ERROR_UNAVAILABLE, "preserved_tables: at the baseline %s there is no table %s",
                  ground->suite->baseline, table);
    return e->kind == ERROR_NONE;
}

bool declared_tables_check(const struct ground *ground, const char *url, struct error *e)
{
    struct connection c = {0};
    const struct suite *s = ground->suite;
    bool good = connection_open(&c, url, ground->cancel, e);
    for (unsigned i = 0; good && i < s->preserved_table_count; i++)
        good = check(ground, &c, "preserved_tables", s->preserved_tables[i], true, e);
    for (unsigned i = 0; i < s->fixture_count; i++)
        for (unsigned j = 0; good && j < s->fixtures[i].row_count; j++)
            good = check(ground, &c, "fixtures.rows.table", s->fixtures[i].rows[j].table, false, e);
    connection_close(&c);
    return good;
}
