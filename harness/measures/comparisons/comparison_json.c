/* comparison.json: every timing, every estimate, every difference. */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "measures/comparisons/comparison_parts.h"

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *text(const char *value)
{
    return value ? json_string(value) : json_null();
}

static json_t *numbers(const double *values, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, number(values[i]));
    return list;
}

static json_t *describe_series(const struct time_series *s, const struct decision_measure *measures)
{
    json_t *list = json_array();
    for (size_t i = 0; measures && i < s->measure_count; i++) {
        const struct time_measure *m = &s->measures[i];
        const struct paired_estimate *r = &measures[i].result;
        json_t *one = json_object();
        json_object_set_new(one, "name", text(m->name));
        json_object_set_new(one, "share_of", text(m->is_step ? "upgrade" : "itself"));
        json_object_set_new(one, "base_seconds", numbers(m->base, s->pairs));
        json_object_set_new(one, "candidate_seconds", numbers(m->candidate, s->pairs));
        json_object_set_new(one, "change", number(time_share(m, r->estimate)));
        json_object_set_new(one, "low", number(time_share(m, r->low)));
        json_object_set_new(one, "high", number(time_share(m, r->high)));
        json_object_set_new(one, "p", number(r->p_above));
        json_object_set_new(one, "alarm", json_boolean(measures[i].alarm));
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *describe_differences(const struct differences *d)
{
    static const char *const kinds[] = {"worse", "told", "better"};
    json_t *list = json_array();
    for (size_t i = 0; i < d->count; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:o}", "kind", kinds[d->items[i].kind], "check",
                                        d->items[i].check, "message", text(d->items[i].message)));
    return list;
}

static json_t *describe(const struct comparison *c)
{
    const struct run_record *r = &c->bench.record;
    json_t *root = json_object();
    json_object_set_new(root, "outcome", text(comparison_outcome_name(c->outcome)));
    json_object_set_new(root, "reason", text(c->reason));
    json_object_set_new(root, "suite", text(r->suite));
    json_object_set_new(root, "migrator", text(r->migrator));
    json_object_set_new(root, "base", text(c->base_name));
    json_object_set_new(root, "candidate", text(r->migrations));
    json_object_set_new(root, "started_at", text(r->started_at));
    json_object_set_new(root, "seconds", number(r->seconds));
    json_object_set_new(root, "threshold", number(c->request->threshold));
    json_object_set_new(root, "alpha", number(c->rule.alpha));
    json_object_set_new(root, "seed", json_integer((json_int_t)c->bench.run.ground.seed));
    json_object_set_new(root, "ledger_rounds", json_integer((json_int_t)c->ledger_count[1]));
    json_object_set_new(root, "not_seen", text(c->missing));
    json_object_set_new(root, "differences", describe_differences(&c->differences));
    json_object_set_new(root, "times", describe_series(&c->times, c->measures));
    json_object_set_new(root, "confirmation", describe_series(&c->fresh, c->confirmation));
    return root;
}

bool comparison_write(const struct comparison *c, const char *folder, struct error *e)
{
    char *path = memory_format("%s/comparison.json", folder);
    json_t *root = describe(c);
    bool good = json_dump_file(root, path, JSON_INDENT(2)) == 0 ||
                error_set(e, ERROR_UNAVAILABLE, "%s: cannot be written: %s", path, strerror(errno));
    json_decref(root);
    free(path);
    return good;
}
