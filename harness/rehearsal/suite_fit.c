#include "rehearsal/suite_fit.h"

#include <string.h>

#include "base/memory.h"
#include "generator/recipe.h"
#include "ground/clone.h"

/* What the server refused, if it was asked, is the suite's mistake. */
static bool misfit(const struct ground *g, const char *what, struct error *e)
{
    error_set(e, ERROR_USAGE, "%s", what);
    e->kind = ERROR_USAGE;
    return error_reword(e,
                        "suite %s does not fit this project: %s; without the suite: pgrehearse run "
                        "PROJECT, or --migrations DIR in its folder",
                        g->suite->name, what);
}

static bool has(struct connection *c, const char *table, const char *column, struct error *e)
{
    static const char query[] =
        "SELECT CASE WHEN $2::text IS NULL THEN to_regclass(quote_ident($1)) IS NOT NULL ELSE "
        "EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass(quote_ident($1)) AND "
        "attname = $2 AND attnum > 0 AND NOT attisdropped) END";
    const char *values[] = {table, column};
    char *answer = connection_value(c, query, 2, values, e);
    bool there = answer && strcmp(answer, "t") == 0;
    free(answer);
    return there;
}

static bool check_table(const struct ground *g, struct connection *c, const char *table,
                        struct error *e)
{
    if (has(c, table, NULL, e) || e->kind != ERROR_NONE)
        return e->kind == ERROR_NONE;
    char *what = memory_format("there is no table %s at %s", table, g->suite->baseline);
    misfit(g, what, e);
    free(what);
    return false;
}

static bool check_column(const struct ground *g, struct connection *c, const char *table,
                         const struct recipe_column *column, struct error *e)
{
    if (column->optional || has(c, table, column->name, e) || e->kind != ERROR_NONE)
        return e->kind == ERROR_NONE;
    char *what = memory_format("%s has no column %s", table, column->name);
    misfit(g, what, e);
    free(what);
    return false;
}

static bool check_recipe(const struct ground *g, struct connection *c, const char *relative,
                         struct error *e)
{
    struct recipe *recipe = NULL;
    char *path = suite_path(g->suite, relative);
    bool good = recipe_load(&recipe, path, e);
    for (unsigned i = 0; good && i < recipe->table_count; i++) {
        const struct recipe_table *t = &recipe->tables[i];
        good = check_table(g, c, t->table, e);
        for (unsigned j = 0; good && j < t->column_count; j++)
            good = check_column(g, c, t->table, &t->columns[j], e);
    }
    recipe_free(recipe);
    free(path);
    return good;
}

/* "orders has no column day", where the server's words can be read so; else these. To be freed. */
static char *in_short(const char *message)
{
    char column[64], table[64];
    const char *words = strstr(message, "column \"");
    if (words && sscanf(words, "column \"%63[^\"]\" of relation \"%63[^\"]\"", column, table) == 2)
        return memory_format("%s has no column %s", table, column);
    return memory_copy_of(message);
}

/* A file of rows that speaks of a column or a table that is not there (class 42). */
static bool check_script(const struct ground *g, struct connection *c, const char *relative,
                         struct error *e)
{
    if (connection_run(c, "BEGIN", e) && ground_run_script(g, c, relative, e))
        return connection_run(c, "ROLLBACK", e);
    if (strncmp(e->sqlstate, "42", 2) == 0) {
        char *what = in_short(e->message);
        misfit(g, what, e);
        free(what);
    }
    return false;
}

static bool check(const struct ground *g, struct connection *c, struct error *e)
{
    const struct suite *s = g->suite;
    for (unsigned i = 0; i < s->preserved_table_count; i++)
        if (!check_table(g, c, s->preserved_tables[i], e))
            return false;
    for (unsigned i = 0; i < s->fixture_count; i++) {
        const struct suite_fixture *f = &s->fixtures[i];
        if ((f->recipe && !check_recipe(g, c, f->recipe, e)) ||
            (f->sql && !check_script(g, c, f->sql, e)))
            return false;
    }
    return true;
}

bool suite_fits(const struct ground *g, const char *template, struct error *e)
{
    struct clone clone = {0};
    struct connection c = {0};
    struct error ignored = {0};
    bool good = ground_clone(g, &g->server->lease, "fit", template, &clone, e) &&
                connection_open(&c, clone.url, g->cancel, e) && check(g, &c, e);
    connection_close(&c);
    clone_drop(&clone, &g->server->lease, good ? e : &ignored);
    return good && e->kind == ERROR_NONE;
}
