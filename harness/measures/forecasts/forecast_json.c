/* forecast.json: what was measured, fitted and foretold; and what became of it. */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "base/memory.h"
#include "measures/forecasts/forecast_parts.h"
#include "statistics/cost_fit.h"

static json_t *describe_steps(const struct forecast_record *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->step_count; i++) {
        const struct forecast_step *s = &r->steps[i];
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:f, s:f, s:f, s:f, s:f, s:f}", "name", s->name,
                                        "model", cost_model_name(s->model), "constant", s->constant,
                                        "slope", s->slope, "residual", s->residual, "estimate",
                                        s->estimate, "low", s->low, "high", s->high));
    }
    return list;
}

static json_t *describe_points(const struct forecast_record *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->point_count; i++) {
        const struct forecast_point *p = &r->points[i];
        json_array_append_new(list,
                              json_pack("{s:f, s:f, s:f}", "rows", p->rows, "seconds", p->seconds,
                                        "residual", p->seconds - cost_steps_at(r, p->rows)));
    }
    return list;
}

static json_t *describe(const struct forecast *f)
{
    const struct forecast_record *r = f->outcome;
    const struct run_record *run = &f->bench.record;
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:s?, s:o, s:o}",
        "suite", run->suite, "migrator", run->migrator, "started_at", run->started_at, "scaled",
        f->scaled, "sentence", r->sentence, "table", r->what, "rows", r->rows, "estimate",
        r->estimate, "low", r->low, "high", r->high, "limit", r->limit, "residual", f->residual,
        "drift", f->drift, "note", r->note, "steps", describe_steps(r), "points",
        describe_points(r));
}

bool forecast_write(const struct forecast *f, const char *folder, struct error *e)
{
    if (!f->outcome)
        return true;
    char *path = memory_format("%s/forecast.json", folder);
    json_t *root = describe(f);
    bool good = (root && json_dump_file(root, path, JSON_INDENT(2)) == 0) ||
                error_set(e, ERROR_UNAVAILABLE, "%s: cannot be written: %s", path, strerror(errno));
    json_decref(root);
    free(path);
    return good;
}

bool forecast_score(const char *path, struct forecast_score *score, struct error *e)
{
    json_error_t trouble;
    json_t *root = json_load_file(path, 0, &trouble);
    if (!root)
        return error_set(e, ERROR_USAGE, "%s: cannot be read: %s", path, trouble.text);
    bool good = json_unpack_ex(root, &trouble, 0, "{s:F, s:F, s:F}", "estimate", &score->estimate,
                               "low", &score->low, "high", &score->high) == 0;
    json_decref(root);
    return good || error_set(e, ERROR_USAGE, "%s: not a forecast: %s", path, trouble.text);
}
