#include "postgres/reading.h"

/*
 * pg_temp last, so that no temporary table hides what we name; row_security off turns a silent
 * filter into an error; the rest decides how values are written as text. Queries of the catalogs
 * join what has no statistics: without enable_nestloop it is hashed, however much there is.
 */
#define ENCODING CONNECTION_ENCODING("true") ";"
#define SETTINGS(nested_loops)                                                                     \
    "SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL row_security = off;" ENCODING          \
    "SET LOCAL DateStyle = 'ISO, YMD';"                                                            \
    "SET LOCAL IntervalStyle = 'postgres'; SET LOCAL TimeZone = 'UTC';"                            \
    "SET LOCAL extra_float_digits = 3; SET LOCAL bytea_output = 'hex';"                            \
    "SET LOCAL lc_monetary = 'C'; SET LOCAL quote_all_identifiers = off;"                          \
    "SET LOCAL standard_conforming_strings = on; SET LOCAL jit = off;"                             \
    "SET LOCAL enable_nestloop = " nested_loops                                                    \
    "; SET LOCAL plan_cache_mode = force_generic_plan;"                                            \
    "SET LOCAL statement_timeout = 0"

#define BEGIN     "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
#define SAVEPOINT "SAVEPOINT pgrehearse_reading;"

static bool begin(struct reading *r, struct connection *c, const char *first, const char *nested,
                  struct error *e)
{
    r->nested = c->pg && PQtransactionStatus(c->pg) != PQTRANS_IDLE;
    return connection_run(c, r->nested ? nested : first, e);
}

bool reading_begin(struct reading *r, struct connection *c, struct error *e)
{
    return begin(r, c, BEGIN SETTINGS("off"), SAVEPOINT SETTINGS("off"), e);
}

bool reading_begin_of_one(struct reading *r, struct connection *c, struct error *e)
{
    return begin(r, c, BEGIN SETTINGS("on"), SAVEPOINT SETTINGS("on"), e);
}

bool reading_end(const struct reading *r, struct connection *c, bool good, struct error *e)
{
    if (!c->pg || PQtransactionStatus(c->pg) == PQTRANS_UNKNOWN)
        return false;
    struct error unheeded = {0}; /* after a failure the first error stands */
    bool ended = connection_run(c,
                                r->nested ? "ROLLBACK TO SAVEPOINT pgrehearse_reading;"
                                            "RELEASE SAVEPOINT pgrehearse_reading"
                                          : "ROLLBACK",
                                good ? e : &unheeded);
    return good && ended;
}
