#include "json.h"

#include <jansson.h>
#include <math.h>

#include "evidence.h"
#include "requirement_matrix.h"
#include "valid_text.h"
#include "verdict.h"
#include "whole_file.h"

static void put(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0)
        abort(); /* only for want of memory: each value is valid */
}

static void add(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        abort();
}

/* NULL becomes null. */
static void put_text(json_t *object, const char *key, const char *value)
{
    char *valid = valid_text(value, EVIDENCE_LIMIT);
    put(object, key, value ? json_string(valid) : json_null());
    free(valid);
}

static void put_count(json_t *object, const char *key, size_t count)
{
    put(object, key, json_integer((json_int_t)count));
}

/* To the microsecond: more digits would be noise. JSON has no infinity. */
static json_t *number(double value)
{
    if (!isfinite(value))
        return json_null();
    return json_real(fabs(value) < 1e9 ? round(value * 1e6) / 1e6 : value);
}

static json_t *requirement_ids(const char *requirements)
{
    json_t *ids = json_array();
    for (const char *at = requirements + strspn(requirements, " "); *at;) {
        size_t length = strcspn(at, " ");
        struct text id = {0};
        text_append_bytes(&id, at, length);
        char *valid = valid_line(text_string(&id));
        add(ids, json_string(valid));
        free(valid);
        text_release(&id);
        at += length;
        at += strspn(at, " ");
    }
    return ids;
}

static json_t *check_object(const struct check *c)
{
    struct evidence evidence[EVIDENCE_COUNT];
    size_t count = evidence_of(c, evidence);
    json_t *o = json_object();
    put_text(o, "name", c->name);
    if (c->kind)
        put_text(o, "kind", c->kind);
    put_text(o, "outcome", outcome_name(c->outcome));
    put(o, "seconds", number(c->seconds));
    put(o, "requirements", requirement_ids(c->requirements));
    for (size_t i = 0; i < count; i++) {
        char *valid = evidence_text(&evidence[i], EVIDENCE_LIMIT);
        put(o, evidence[i].name, json_string(valid));
        free(valid);
    }
    return o;
}

static json_t *measurement_object(const struct measurement *m)
{
    json_t *o = json_object();
    put_text(o, "name", m->name);
    put_text(o, "unit", m->unit);
    put(o, "value", number(m->value));
    put(o, "limit", m->limit > 0 ? number(m->limit) : json_null());
    return o;
}

static json_t *step_object(const struct step *s)
{
    json_t *o = json_object(), *checks = json_array(), *measurements = json_array();
    for (size_t i = 0; i < s->check_count; i++)
        add(checks, check_object(&s->checks[i]));
    for (size_t i = 0; i < s->measurement_count; i++)
        add(measurements, measurement_object(&s->measurements[i]));
    put_text(o, "title", s->title);
    put(o, "started", number(s->started));
    put(o, "seconds", number(s->seconds));
    put(o, "checks", checks);
    put(o, "measurements", measurements);
    return o;
}

static json_t *counts_object(size_t checks, size_t passed, size_t findings, size_t errors,
                             size_t not_run)
{
    json_t *o = json_object();
    put_count(o, "checks", checks);
    put_count(o, "passed", passed);
    put_count(o, "findings", findings);
    put_count(o, "errors", errors);
    put_count(o, "not_run", not_run);
    return o;
}

static json_t *scenario_object(const struct scenario_record *s)
{
    json_t *o = json_object(), *steps = json_array();
    for (size_t i = 0; i < s->step_count; i++)
        add(steps, step_object(&s->steps[i]));
    put_text(o, "name", s->name);
    put_text(o, "title", s->title);
    put_text(o, "verdict", verdict_name(verdict_of_scenario(s)));
    put_text(o, "database", s->database);
    put(o, "started", number(s->started));
    put(o, "seconds", number(s->seconds));
    put(o, "counts",
        counts_object(scenario_count_checks(s), scenario_count_outcome(s, OUTCOME_PASSED),
                      scenario_count_outcome(s, OUTCOME_FINDING),
                      scenario_count_outcome(s, OUTCOME_ERROR),
                      scenario_count_outcome(s, OUTCOME_NOT_RUN)));
    put(o, "steps", steps);
    return o;
}

static json_t *requirements_array(const struct run_record *r)
{
    struct requirement_matrix m;
    json_t *rows = json_array();
    requirement_matrix_init(&m, r);
    for (size_t i = 0; i < m.count; i++) {
        const size_t *outcomes = m.rows[i].outcomes;
        json_t *o = json_object();
        put_text(o, "id", m.rows[i].id);
        put_text(o, "text", m.rows[i].text);
        put_text(o, "status", proof_name(m.rows[i].proof));
        put_count(o, "passed", outcomes[OUTCOME_PASSED]);
        put_count(o, "findings", outcomes[OUTCOME_FINDING]);
        put_count(o, "errors", outcomes[OUTCOME_ERROR]);
        put_count(o, "not_run", outcomes[OUTCOME_NOT_RUN]);
        add(rows, o);
    }
    requirement_matrix_release(&m);
    return rows;
}

static json_t *circumstances_array(const struct run_record *r)
{
    json_t *facts = json_array();
    for (size_t i = 0; i < r->circumstance_count; i++) {
        json_t *o = json_object();
        put_text(o, "name", r->circumstances[i].name);
        put_text(o, "value", r->circumstances[i].value);
        add(facts, o);
    }
    return facts;
}

json_t *json_run_object(const struct run_record *r)
{
    enum verdict verdict = verdict_of_run(r);
    json_t *o = json_object(), *scenarios = json_array();
    for (size_t i = 0; i < r->scenario_count; i++)
        add(scenarios, scenario_object(&r->scenarios[i]));
    put_text(o, "$schema", "urn:pgrehearse:run:1");
    put_count(o, "format_version", 1);
    put_text(o, "id", r->id);
    put_text(o, "pgrehearse", r->version);
    put_text(o, "started_at", r->started_at);
    put(o, "seconds", number(r->seconds));
    put_text(o, "verdict", verdict_name(verdict));
    put_count(o, "exit_code", (size_t)verdict);
    put_text(o, "error", r->error);
    put(o, "interrupted", json_boolean(r->interrupted));
    put(o, "counts",
        counts_object(record_count_checks(r), record_count_outcome(r, OUTCOME_PASSED),
                      record_count_outcome(r, OUTCOME_FINDING),
                      record_count_outcome(r, OUTCOME_ERROR),
                      record_count_outcome(r, OUTCOME_NOT_RUN)));
    put_text(o, "suite", r->suite);
    put_text(o, "suite_path", r->suite_path);
    put_text(o, "migrator", r->migrator);
    put_text(o, "migrations", r->migrations);
    put_text(o, "baseline", r->baseline);
    put_text(o, "target", r->target);
    put(o, "circumstances", circumstances_array(r));
    put(o, "requirements", requirements_array(r));
    put(o, "scenarios", scenarios);
    return o;
}

bool json_write(const char *path, const struct run_record *r, struct error *e)
{
    json_t *run = json_run_object(r);
    char *string = json_dumps(run, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    json_decref(run);
    if (!string)
        return error_set(e, ERROR_UNAVAILABLE, "cannot write %s: out of memory", path);
    struct text t = {0};
    text_append_format(&t, "%s\n", string);
    free(string);
    bool good = whole_file_write(path, text_string(&t), t.length, e);
    text_release(&t);
    return good;
}
