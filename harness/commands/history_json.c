#include "base/memory.h"
#include "commands/history_text.h"
#include "reports/json_part.h"

static json_t *run_object(const struct history_run *run)
{
    json_t *o = json_object();
    json_put_text(o, "id", run->id);
    json_put_text(o, "started_at", run->started_at);
    json_put(o, "seconds", json_figure(run->seconds));
    json_put_text(o, "pgrehearse", run->version);
    json_put_text(o, "migrator", run->migrator);
    json_put_text(o, "label", run->label);
    json_put_text(o, "verdict", run->verdict);
    json_put_text(o, "terms", run->terms);
    return o;
}

static json_t *series_object(const struct history_series *series)
{
    const struct trend *t = &series->trend;
    json_t *o = json_object(), *points = json_array();
    json_put_text(o, "terms", series->terms);
    json_put_text(o, "scenario", t->scenario);
    json_put_text(o, "measure", t->measure);
    json_put_text(o, "unit", t->unit);
    json_put_text(o, "verdict", t->verdict);
    json_put(o, "worse", json_boolean(t->worse));
    for (size_t i = 0; i < t->point_count; i++) {
        json_t *point = json_object();
        json_put_text(point, "run", series->runs[i]);
        json_put_text(point, "started_at", t->points[i].started_at);
        json_put_text(point, "label", t->points[i].label);
        json_put(point, "value", json_figure(t->points[i].value));
        json_put(point, "change", json_boolean(t->points[i].change));
        json_add(points, point);
    }
    json_put(o, "points", points);
    return o;
}

char *history_json(const char *suite, const struct history_view *view)
{
    json_t *o = json_object(), *runs = json_array(), *all = json_array();
    for (size_t i = 0; i < view->run_count; i++)
        json_add(runs, run_object(&view->runs[i]));
    for (size_t i = 0; i < view->series_count; i++)
        json_add(all, series_object(&view->series[i]));
    json_put_count(o, "format_version", 1);
    json_put_text(o, "suite", suite);
    json_put(o, "runs", runs);
    json_put(o, "series", all);
    char *string = json_dumps(o, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    json_decref(o);
    if (!string)
        memory_exhausted(); /* only for want of memory */
    return string;
}
