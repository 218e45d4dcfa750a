/* What a store holds, read for people. */
#include <fnmatch.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "measures/histories/drift.h"
#include "measures/histories/history.h"

static void add_run(void *context, const char *const *values)
{
    struct history_view *view = context;
    struct history_run *run = memory_append(&view->runs, &view->run_count, sizeof *view->runs);
    char **const members[] = {&run->id,      &run->started_at, &run->version, &run->migrator,
                              &run->verdict, &run->label,      &run->terms};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        *members[i] = memory_copy_of(values[i]);
    run->seconds = strtod(values[7], NULL);
}

static bool read_runs(struct store *s, const struct history_filter *filter,
                      struct history_view *view, struct error *e)
{
    char *limit = memory_format("%llu", (unsigned long long)filter->last);
    const char *values[] = {filter->suite, filter->migrator ? filter->migrator : "", limit};
    bool good =
        store_run(s,
                  "SELECT id, started_at, version, migrator, verdict, label, terms, seconds "
                  "FROM runs WHERE suite = $1 AND $2 IN ('', migrator) "
                  "ORDER BY started_at DESC, id DESC LIMIT $3",
                  3, values, add_run, view, e);
    free(limit);
    for (size_t i = 0; i < view->run_count / 2; i++) {
        struct history_run other = view->runs[i];
        view->runs[i] = view->runs[view->run_count - 1 - i];
        view->runs[view->run_count - 1 - i] = other;
    }
    return good;
}

struct collector {
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
                                        const char *const *values)
{
    for (size_t i = 0; i < view->series_count; i++) {
        struct history_series *series = &view->series[i];
        if (strcmp(series->terms, terms) == 0 && strcmp(series->trend.scenario, values[0]) == 0 &&
            strcmp(series->trend.measure, values[1]) == 0 &&
            strcmp(series->trend.unit, values[2]) == 0)
            return series;
    }
    struct history_series *series =
        memory_append(&view->series, &view->series_count, sizeof *view->series);
    series->terms = memory_copy_of(terms);
    series->trend.scenario = memory_copy_of(values[0]);
    series->trend.measure = memory_copy_of(values[1]);
    series->trend.unit = memory_copy_of(values[2]);
    return series;
}

static void add_measure(void *context, const char *const *values)
{
    const struct collector *c = context;
    if (!is_wanted(c->measure, values[1], values[2]))
        return;
    struct history_series *series = series_of(c->view, c->run->terms, values);
    size_t count = series->trend.point_count;
    *(char **)memory_append(&series->runs, &count, sizeof *series->runs) =
        memory_copy_of(c->run->id);
    struct trend_point *p =
        memory_append(&series->trend.points, &series->trend.point_count, sizeof *p);
    p->started_at = memory_copy_of(c->run->started_at);
    p->label = memory_copy_of(c->run->label);
    p->value = strtod(values[3], NULL);
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
        struct collector c = {view, &view->runs[i], filter->measure};
        const char *values[] = {c.run->id, filter->scenario ? filter->scenario : ""};
        good = store_run(s,
                         "SELECT scenario, measure, unit, value FROM measurements "
                         "WHERE run = $1 AND $2 IN ('', scenario) ORDER BY scenario, measure",
                         2, values, add_measure, &c, e);
    }
    if (view->series_count)
        qsort(view->series, view->series_count, sizeof *view->series, by_place);
    for (size_t i = 0; i < view->series_count; i++)
        drift_judge(&view->series[i].trend);
    return good;
}

enum { LONGEST_FACT = 80 };

static void append_fact(void *context, const char *const *values)
{
    struct text *t = context;
    const char *name = values[0], *value = values[1];
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
    store_run(
        s,
        "SELECT name, value FROM circumstances WHERE run = $1 AND (name LIKE 'size.%' OR "
        "name IN ('source', 'server', 'server_version', 'processors', 'processor', 'jobs', 'seed', "
        "'scenarios')) "
        "ORDER BY name",
        1, &run, append_fact, &t, e);
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
