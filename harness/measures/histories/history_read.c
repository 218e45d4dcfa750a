/* What a store holds, read for people. */
#include <fnmatch.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "measures/histories/drift.h"
#include "measures/histories/history.h"

static void add_run(void *context, const struct stored_run *stored)
{
    struct history_view *view = context;
    struct history_run *run = memory_append(&view->runs, &view->run_count, sizeof *view->runs);
    *run = (struct history_run){.id = memory_copy_of(stored->id),
                                .started_at = memory_copy_of(stored->started_at),
                                .version = memory_copy_of(stored->version),
                                .migrator = memory_copy_of(stored->migrator),
                                .verdict = memory_copy_of(stored->verdict),
                                .label = memory_copy_of(stored->label),
                                .terms = memory_copy_of(stored->terms),
                                .seconds = stored->seconds};
}

static bool read_runs(struct store *s, const struct history_filter *filter,
                      struct history_view *view, struct error *e)
{
    const struct store_run_query q = {filter->suite, filter->migrator, filter->last};
    bool good = store_list_runs(s, &q, add_run, view, e);
    for (size_t i = 0; i < view->run_count / 2; i++) {
        struct history_run other = view->runs[i];
        view->runs[i] = view->runs[view->run_count - 1 - i];
        view->runs[view->run_count - 1 - i] = other;
    }
    return good;
}

struct value_collector {
    struct history_view *view;
    const struct history_run *run;
    const char *measure; /* a pattern; or NULL */
};

static bool is_wanted(const char *pattern, const char *measure, const char *unit)
{
    if (pattern)
        return fnmatch(pattern, measure, 0) == 0;
    return strcmp(unit, "rows") != 0 && strncmp(measure, "step ", 5) != 0 &&
           strcmp(measure, "data generated") != 0 && fnmatch("* on table * held", measure, 0) != 0;
}

static struct history_series *series_of(struct history_view *view, const char *terms,
                                        const struct stored_value *value)
{
    for (size_t i = 0; i < view->series_count; i++) {
        struct history_series *series = &view->series[i];
        if (strcmp(series->terms, terms) == 0 &&
            strcmp(series->trend.scenario, value->scenario) == 0 &&
            strcmp(series->trend.measure, value->measure) == 0 &&
            strcmp(series->trend.unit, value->unit) == 0)
            return series;
    }
    struct history_series *series =
        memory_append(&view->series, &view->series_count, sizeof *view->series);
    series->terms = memory_copy_of(terms);
    series->trend.scenario = memory_copy_of(value->scenario);
    series->trend.measure = memory_copy_of(value->measure);
    series->trend.unit = memory_copy_of(value->unit);
    return series;
}

static void add_measure(void *context, const struct stored_value *value)
{
    const struct value_collector *c = context;
    if (!is_wanted(c->measure, value->measure, value->unit))
        return;
    struct history_series *series = series_of(c->view, c->run->terms, value);
    size_t count = series->trend.point_count;
    *(char **)memory_append(&series->runs, &count, sizeof *series->runs) =
        memory_copy_of(c->run->id);
    struct trend_point *p =
        memory_append(&series->trend.points, &series->trend.point_count, sizeof *p);
    p->started_at = memory_copy_of(c->run->started_at);
    p->label = memory_copy_of(c->run->label);
    p->value = value->value;
}

static int by_place(const void *a, const void *b)
{
    const struct history_series *x = a, *y = b;
    int order = strcmp(x->terms, y->terms);
    if (!order)
        order = strcmp(x->trend.scenario, y->trend.scenario);
    return order ? order : strcmp(x->trend.measure, y->trend.measure);
}

bool history_read(struct store *s, const struct history_filter *filter, struct history_view *view,
                  struct error *e)
{
    *view = (struct history_view){0};
    bool good = read_runs(s, filter, view, e);
    for (size_t i = 0; good && i < view->run_count; i++) {
        struct value_collector c = {view, &view->runs[i], filter->measure};
        good = store_read_values(s, c.run->id, filter->scenario, add_measure, &c, e);
    }
    if (view->series_count)
        qsort(view->series, view->series_count, sizeof *view->series, by_place);
    for (size_t i = 0; i < view->series_count; i++)
        drift_judge(&view->series[i].trend);
    return good;
}

enum { LONGEST_FACT = 80 };

/* Of all circumstances of a run those that tell one set of terms from another. */
static bool is_term(const char *name)
{
    static const char *const terms[] = {"source",    "server", "server_version", "processors",
                                        "processor", "jobs",   "seed",           "scenarios"};
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
        if (strcmp(name, terms[i]) == 0)
            return true;
    return strncmp(name, "size.", 5) == 0;
}

static void append_fact(void *context, const struct stored_fact *fact)
{
    struct text *t = context;
    const char *name = fact->name, *value = fact->value;
    if (!is_term(name))
        return;
    if (strcmp(name, "scenarios") == 0 && strlen(value) > LONGEST_FACT)
        value = "many";
    text_append(t, t->length ? ", " : "");
    if (strcmp(name, "server_version") == 0)
        text_append_format(t, "PostgreSQL %.*s", (int)strcspn(value, " "), value);
    else if (strncmp(name, "size.", 5) == 0)
        text_append_format(t, "%s %s", name + 5, value);
    else if (strcmp(name, "processor") == 0)
        text_append(t, value);
    else
        text_append_format(t, "%s %s", name, value);
}

char *history_terms(struct store *s, const char *run, struct error *e)
{
    struct text t = {0};
    store_read_facts(s, run, append_fact, &t, e);
    return text_detach(&t);
}

void history_view_release(struct history_view *view)
{
    for (size_t i = 0; i < view->run_count; i++) {
        const struct history_run *run = &view->runs[i];
        char *const members[] = {run->id,      run->started_at, run->version, run->migrator,
                                 run->verdict, run->label,      run->terms};
        for (size_t j = 0; j < sizeof members / sizeof *members; j++)
            free(members[j]);
    }
    for (size_t i = 0; i < view->series_count; i++) {
        for (size_t j = 0; j < view->series[i].trend.point_count; j++)
            free(view->series[i].runs[j]);
        free(view->series[i].runs);
        free(view->series[i].terms);
        trend_release(&view->series[i].trend);
    }
    free(view->runs);
    free(view->series);
    *view = (struct history_view){0};
}
