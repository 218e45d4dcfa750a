/* The number of rows in production. */
#include <math.h>

#include "base/memory.h"
#include "ground/given_database.h"
#include "measures/forecasts/forecast.h"
#include "postgres/reading.h"

/* Counting reads the whole table; from here on the planner's estimate has to do. */
static const double countable = 1e6;

/* The table's qualified name, as the role's search path finds it; to be freed. */
static char *resolve(struct connection *c, const char *table, struct error *e)
{
    char *identifier = connection_identifier(c, table);
    char *found = connection_value(
        c,
        "SELECT coalesce((SELECT format('%I.%I', nspname, relname) FROM pg_class JOIN pg_namespace "
        "n ON n.oid = relnamespace WHERE pg_class.oid = to_regclass($1)), '')",
        1, (const char *[]){identifier}, e);
    free(identifier);
    if (found && !*found) {
        error_set(e, ERROR_USAGE, "there is no table %s", table);
        free(found);
        return NULL;
    }
    return found;
}

/* `name` is qualified and quoted. */
static bool count(struct connection *c, const char *name, double *rows, const char **how,
                  struct error *e)
{
    char *estimate = connection_value(
        c, "SELECT reltuples FROM pg_class WHERE oid = to_regclass($1)", 1, &name, e);
    if (!estimate)
        return false;
    *rows = strtod(estimate, NULL);
    *how = "the planner's estimate";
    free(estimate);
    if (*rows >= countable)
        return true;
    char *query = memory_format("SELECT count(*) FROM %s", name); /* -1: never analysed */
    char *counted = connection_value(c, query, 0, NULL, e);
    *rows = counted ? strtod(counted, NULL) : 0;
    *how = "counted";
    free(query);
    bool good = counted != NULL;
    free(counted);
    return good;
}

/* In a transaction of its own, which only reads. */
static bool count_table(struct connection *c, const char *table, double *rows, const char **how,
                        struct error *e)
{
    struct reading reading;
    char *name = resolve(c, table, e);
    bool good = name && reading_begin(&reading, c, e);
    if (good)
        good = reading_end(&reading, c, count(c, name, rows, how, e), e);
    free(name);
    return good;
}

bool forecast_source(const char *url, const struct suite *suite, const char *table,
                     const struct cancel *cancel, char **name, double *rows, const char **how,
                     double *buffers, struct error *e)
{
    struct connection c = {0};
    size_t tables = table ? 1 : suite->preserved_table_count;
    *name = NULL;
    *rows = -1;
    bool good = given_database_open(&c, url, true, cancel, e);
    for (size_t i = 0; good && i < tables; i++) {
        const char *one = table ? table : suite->preserved_tables[i], *means = NULL;
        double found = 0;
        good = count_table(&c, one, &found, &means, e);
        if (good && found > *rows) {
            free(*name);
            *name = memory_copy_of(one);
            *rows = found;
            *how = means;
        }
    }
    char *bytes =
        good ? connection_value(&c, "SELECT pg_size_bytes(current_setting('shared_buffers'))", 0,
                                NULL, e)
             : NULL;
    good = bytes != NULL;
    *buffers = good ? strtod(bytes, NULL) : 0;
    free(bytes);
    connection_close(&c);
    if (good && !*name)
        good = error_set(e, ERROR_USAGE, "suite %s preserves no table whose rows could be counted",
                         suite->name);
    return good || error_prefix(e, "--source");
}
