#include "measures/histories/store_statements.h"

#include <stdlib.h>

#include "base/memory.h"

/* What a row is turned into, and who takes that. */
struct taking {
    union {
        store_run_fn *run;
        store_point_fn *point;
        store_value_fn *value;
        store_fact_fn *fact;
    } take;
    void *context;
};

static bool run(struct store *s, const char *sql, size_t count, const char *const *values,
                store_row_fn *row, void *context, struct error *e)
{
    const struct store_session *session = s->state;
    return session->run(s->state, sql, count, values, row, context, e);
}

static bool run_plain(struct store *s, const char *sql, struct error *e)
{
    return run(s, sql, 0, NULL, NULL, NULL, e);
}

/* As many digits as a double has; the point whatever the locale. */
static char *number(double value)
{
    char *string = memory_format("%.17g", value);
    for (char *p = string; *p; p++)
        if (*p == ',')
            *p = '.';
    return string;
}

static bool insert_run(struct store *s, const struct stored_run *r, struct error *e)
{
    char *seconds = number(r->seconds);
    const char *const values[] = {r->id,      r->started_at, seconds,     r->version,
                                  r->suite,   r->migrator,   r->baseline, r->target,
                                  r->verdict, r->label,      r->terms};
    bool good =
        run(s,
            "INSERT INTO runs (id, started_at, seconds, version, suite, migrator, baseline, "
            "target, verdict, label, terms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            sizeof values / sizeof *values, values, NULL, NULL, e);
    free(seconds);
    return good;
}

static bool insert_fact(struct store *s, const char *id, const struct stored_fact *f,
                        struct error *e)
{
    const char *const values[] = {id, f->name, f->value};
    return run(s,
               "INSERT INTO circumstances (run, name, value) VALUES ($1, $2, $3) "
               "ON CONFLICT DO NOTHING",
               3, values, NULL, NULL, e);
}

static bool insert_value(struct store *s, const char *id, const struct stored_value *v,
                         struct error *e)
{
    char *value = number(v->value);
    const char *const values[] = {id, v->scenario, v->measure, v->unit, value};
    bool good = run(s,
                    "INSERT INTO measurements (run, scenario, measure, unit, value) "
                    "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                    5, values, NULL, NULL, e);
    free(value);
    return good;
}

bool statements_write_run(struct store *s, const struct stored_run *r, struct error *e)
{
    const struct store_session *session = s->state;
    if (!run_plain(s, session->begin, e))
        return false;
    bool good = insert_run(s, r, e);
    for (size_t i = 0; good && i < r->fact_count; i++)
        good = insert_fact(s, r->id, &r->facts[i], e);
    for (size_t i = 0; good && i < r->value_count; i++)
        good = insert_value(s, r->id, &r->values[i], e);
    if (good && run_plain(s, "COMMIT", e))
        return true;
    struct error ignored = {0}; /* closing rolls back too */
    run_plain(s, "ROLLBACK", &ignored);
    return false;
}

static void take_run(void *context, const char *const *values)
{
    const struct taking *t = context;
    const struct stored_run r = {.id = values[0],
                                 .started_at = values[1],
                                 .version = values[2],
                                 .migrator = values[3],
                                 .verdict = values[4],
                                 .label = values[5],
                                 .terms = values[6],
                                 .seconds = strtod(values[7], NULL)};
    t->take.run(t->context, &r);
}

bool statements_list_runs(struct store *s, const struct store_run_query *q, store_run_fn *take,
                          void *context, struct error *e)
{
    struct taking t = {.take.run = take, .context = context};
    char *limit = memory_format("%llu", (unsigned long long)q->last);
    const char *const values[] = {q->suite, q->migrator ? q->migrator : "", limit};
    bool good = run(s,
                    "SELECT id, started_at, version, migrator, verdict, label, terms, seconds "
                    "FROM runs WHERE suite = $1 AND $2 IN ('', migrator) "
                    "ORDER BY started_at DESC, id DESC LIMIT $3",
                    3, values, take_run, &t, e);
    free(limit);
    return good;
}

static void take_point(void *context, const char *const *values)
{
    const struct taking *t = context;
    const struct stored_point p = {values[0], values[1], strtod(values[2], NULL)};
    t->take.point(t->context, &p);
}

bool statements_read_series(struct store *s, const struct store_series_query *q,
                            store_point_fn *take, void *context, struct error *e)
{
    struct taking t = {.take.point = take, .context = context};
    char *limit = memory_format("%llu", (unsigned long long)q->last);
    const char *const values[] = {q->terms, q->scenario, q->measure, q->unit,
                                  q->until, q->but,      limit};
    bool good = run(s,
                    "SELECT runs.started_at, runs.label, measurements.value "
                    "FROM runs JOIN measurements ON measurements.run = runs.id "
                    "WHERE runs.terms = $1 AND measurements.scenario = $2 "
                    "AND measurements.measure = $3 AND measurements.unit = $4 "
                    "AND runs.started_at <= $5 AND runs.id <> $6 "
                    "ORDER BY runs.started_at DESC, runs.id DESC LIMIT $7",
                    sizeof values / sizeof *values, values, take_point, &t, e);
    free(limit);
    return good;
}

static void take_value(void *context, const char *const *values)
{
    const struct taking *t = context;
    const struct stored_value v = {values[0], values[1], values[2], strtod(values[3], NULL)};
    t->take.value(t->context, &v);
}

bool statements_read_values(struct store *s, const char *id, const char *scenario,
                            store_value_fn *take, void *context, struct error *e)
{
    struct taking t = {.take.value = take, .context = context};
    const char *const values[] = {id, scenario ? scenario : ""};
    return run(s,
               "SELECT scenario, measure, unit, value FROM measurements "
               "WHERE run = $1 AND $2 IN ('', scenario) ORDER BY scenario, measure",
               2, values, take_value, &t, e);
}

static void take_fact(void *context, const char *const *values)
{
    const struct taking *t = context;
    const struct stored_fact f = {values[0], values[1]};
    t->take.fact(t->context, &f);
}

bool statements_read_facts(struct store *s, const char *id, store_fact_fn *take, void *context,
                           struct error *e)
{
    struct taking t = {.take.fact = take, .context = context};
    return run(s, "SELECT name, value FROM circumstances WHERE run = $1 ORDER BY name", 1, &id,
               take_fact, &t, e);
}
