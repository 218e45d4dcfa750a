#include "measures/histories/history.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/valid_text.h"
#include "measures/histories/drift.h"
#include "record/measures.h"
#include "record/terms.h"
#include "record/verdict.h"

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

static void add_fact(struct stored_run *run, const char *name, const char *value)
{
    struct stored_fact *f = memory_append(&run->facts, &run->fact_count, sizeof *run->facts);
    *f = (struct stored_fact){plain(name), plain(value)};
}

static void add_facts(struct stored_run *run, const struct run_record *r)
{
    struct text scenarios = {0};
    for (size_t i = 0; i < r->scenario_count; i++)
        text_append_format(&scenarios, "%s%s", i ? ", " : "", r->scenarios[i].name);
    add_fact(run, "scenarios", text_string(&scenarios));
    text_release(&scenarios);
    for (size_t i = 0; i < r->circumstance_count; i++)
        add_fact(run, r->circumstances[i].name, r->circumstances[i].value);
}

static void add_values(struct stored_run *run, const struct run_record *r)
{
    struct measure_list list;
    measure_list_take(&list, r);
    for (size_t i = 0; i < list.count; i++) {
        const struct measure *m = &list.items[i];
        struct stored_value *v = memory_append(&run->values, &run->value_count, sizeof *v);
        *v = (struct stored_value){plain(m->scenario), plain(m->name), plain(m->unit), m->value};
    }
    measure_list_release(&list);
}

/* Each string is a copy. */
static struct stored_run stored_of(const struct run_record *r)
{
    char terms[DIGEST_LENGTH + 1];
    terms_of(r, terms);
    struct stored_run run = {.id = plain(r->id),
                             .started_at = plain(r->started_at),
                             .version = plain(r->version),
                             .suite = plain(r->suite),
                             .migrator = plain(r->migrator),
                             .baseline = plain(r->baseline),
                             .target = plain(r->target),
                             .verdict = plain(verdict_name(verdict_of_run(r))),
                             .label = label_of(r),
                             .terms = plain(terms),
                             .seconds = r->seconds};
    add_facts(&run, r);
    add_values(&run, r);
    return run;
}

static void free_strings(const char *const *strings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free((char *)strings[i]);
}

static void stored_release(struct stored_run *run)
{
    const char *const own[] = {run->id,       run->started_at, run->version, run->suite,
                               run->migrator, run->baseline,   run->target,  run->verdict,
                               run->label,    run->terms};
    free_strings(own, sizeof own / sizeof *own);
    for (size_t i = 0; i < run->fact_count; i++)
        free_strings((const char *const[]){run->facts[i].name, run->facts[i].value}, 2);
    for (size_t i = 0; i < run->value_count; i++)
        free_strings((const char *const[]){run->values[i].scenario, run->values[i].measure,
                                           run->values[i].unit},
                     3);
    free(run->facts);
    free(run->values);
}

bool history_write(struct store *s, const struct run_record *r, struct error *e)
{
    if (!r->id)
        return error_set(e, ERROR_UNAVAILABLE, "the run has no id, since it did not begin");
    struct stored_run run = stored_of(r);
    bool good = store_write_run(s, &run, e);
    stored_release(&run);
    return good;
}

static void add_point(void *context, const struct stored_point *stored)
{
    struct trend *t = context;
    struct trend_point *p = memory_append(&t->points, &t->point_count, sizeof *t->points);
    p->started_at = memory_copy_of(stored->started_at);
    p->label = memory_copy_of(stored->label);
    p->value = stored->value;
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
    const struct store_series_query q = {.terms = terms,
                                         .scenario = t->scenario,
                                         .measure = t->measure,
                                         .unit = t->unit,
                                         .until = r->started_at,
                                         .but = r->id ? r->id : "",
                                         .last = HISTORY_RUNS - 1};
    bool good = store_read_series(s, &q, add_point, t, e);
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
