#include "measures/histories/history.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/valid_text.h"
#include "measures/histories/drift.h"
#include "record/measures.h"
#include "record/terms.h"
#include "record/verdict.h"

/* As many digits as a double has; the point whatever the locale. */
static char *number(double value)
{
    char *string = memory_format("%.17g", value);
    for (char *p = string; *p; p++)
        if (*p == ',')
            *p = '.';
    return string;
}

/* PostgreSQL takes neither NUL nor bytes that are no UTF-8. */
static char *plain(const char *string)
{
    return valid_line(string ? string : "");
}

/*
 * Twelve digits of the commit, and "+" if there is more than that; without one as many of the
 * digest of the migrations. To be freed.
 */
static char *label_of(const struct run_record *r)
{
    const char *commit = circumstance_value(r, "migrations.commit");
    const char *digest = circumstance_value(r, "migrations.digest");
    return commit ? memory_format("%.13s", commit) : memory_format("%.12s", digest ? digest : "");
}

static bool write_run(struct store *s, const struct run_record *r, struct error *e)
{
    char terms[DIGEST_LENGTH + 1];
    terms_of(r, terms);
    char *values[] = {memory_copy_of(r->id),
                      memory_copy_of(r->started_at),
                      number(r->seconds),
                      plain(r->version),
                      plain(r->suite),
                      plain(r->migrator),
                      plain(r->baseline),
                      plain(r->target),
                      memory_copy_of(verdict_name(verdict_of_run(r))),
                      label_of(r),
                      memory_copy_of(terms)};
    bool good = store_run(
        s,
        "INSERT INTO runs (id, started_at, seconds, version, suite, migrator, baseline, target, "
        "verdict, label, terms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        sizeof values / sizeof *values, (const char *const *)values, NULL, NULL, e);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        free(values[i]);
    return good;
}

static bool write_circumstance(struct store *s, const struct run_record *r, const char *name,
                               const char *value, struct error *e)
{
    char *values[] = {memory_copy_of(r->id), plain(name), plain(value)};
    bool good = store_run(s,
                          "INSERT INTO circumstances (run, name, value) VALUES ($1, $2, $3) "
                          "ON CONFLICT DO NOTHING",
                          3, (const char *const *)values, NULL, NULL, e);
    for (size_t i = 0; i < 3; i++)
        free(values[i]);
    return good;
}

static bool write_circumstances(struct store *s, const struct run_record *r, struct error *e)
{
    struct text scenarios = {0};
    for (size_t i = 0; i < r->scenario_count; i++)
        text_append_format(&scenarios, "%s%s", i ? ", " : "", r->scenarios[i].name);
    bool good = write_circumstance(s, r, "scenarios", text_string(&scenarios), e);
    text_release(&scenarios);
    for (size_t i = 0; good && i < r->circumstance_count; i++)
        good = write_circumstance(s, r, r->circumstances[i].name, r->circumstances[i].value, e);
    return good;
}

static bool write_measures(struct store *s, const struct run_record *r, struct error *e)
{
    struct measure_list list;
    bool good = true;
    measure_list_take(&list, r);
    for (size_t i = 0; good && i < list.count; i++) {
        const struct measure *m = &list.items[i];
        char *values[] = {memory_copy_of(r->id), plain(m->scenario), plain(m->name), plain(m->unit),
                          number(m->value)};
        good = store_run(s,
                         "INSERT INTO measurements (run, scenario, measure, unit, value) "
                         "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                         5, (const char *const *)values, NULL, NULL, e);
        for (size_t j = 0; j < 5; j++)
            free(values[j]);
    }
    measure_list_release(&list);
    return good;
}

bool history_write(struct store *s, const struct run_record *r, struct error *e)
{
    if (!r->id)
        return error_set(e, ERROR_UNAVAILABLE, "the run has no id, since it did not begin");
    if (!store_begin(s, e))
        return false;
    bool good = write_run(s, r, e) && write_circumstances(s, r, e) && write_measures(s, r, e);
    return store_end(s, good, e) && good;
}

static void add_point(void *context, const char *const *values)
{
    struct trend *t = context;
    struct trend_point *p = memory_append(&t->points, &t->point_count, sizeof *t->points);
    p->started_at = memory_copy_of(values[0]);
    p->label = memory_copy_of(values[1]);
    p->value = strtod(values[2], NULL);
}

static void reverse_points(struct trend *t)
{
    for (size_t i = 0; i < t->point_count / 2; i++) {
        struct trend_point other = t->points[i];
        t->points[i] = t->points[t->point_count - 1 - i];
        t->points[t->point_count - 1 - i] = other;
    }
}

static bool read_points(struct store *s, const struct run_record *r, const char *terms,
                        struct trend *t, struct error *e)
{
    char *limit = memory_format("%d", HISTORY_RUNS - 1);
    const char *values[] = {terms,         t->scenario,        t->measure, t->unit,
                            r->started_at, r->id ? r->id : "", limit};
    bool good = store_run(s,
                          "SELECT runs.started_at, runs.label, measurements.value "
                          "FROM runs JOIN measurements ON measurements.run = runs.id "
                          "WHERE runs.terms = $1 AND measurements.scenario = $2 "
                          "AND measurements.measure = $3 AND measurements.unit = $4 "
                          "AND runs.started_at <= $5 AND runs.id <> $6 "
                          "ORDER BY runs.started_at DESC, runs.id DESC LIMIT $7",
                          sizeof values / sizeof *values, values, add_point, t, e);
    free(limit);
    reverse_points(t);
    return good;
}

static void add_this_run(struct trend *t, const struct run_record *r, double value)
{
    struct trend_point *p = memory_append(&t->points, &t->point_count, sizeof *t->points);
    p->started_at = memory_copy_of(r->started_at);
    p->label = label_of(r);
    p->value = value;
}

bool history_compare(struct store *s, struct run_record *r, struct error *e)
{
    struct measure_list list;
    char terms[DIGEST_LENGTH + 1];
    bool good = true;
    terms_of(r, terms);
    measure_list_take(&list, r);
    for (size_t i = 0; good && i < list.count; i++) {
        const struct measure *m = &list.items[i];
        if (!m->telling)
            continue;
        struct trend t = {
            .scenario = plain(m->scenario), .measure = plain(m->name), .unit = plain(m->unit)};
        good = read_points(s, r, terms, &t, e);
        if (good && t.point_count) {
            add_this_run(&t, r, m->value);
            drift_judge(&t);
            *(struct trend *)memory_append(&r->trends, &r->trend_count, sizeof t) = t;
        } else {
            trend_release(&t);
        }
    }
    measure_list_release(&list);
    return good;
}
