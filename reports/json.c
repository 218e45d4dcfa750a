#include "reports/json.h"

#include <jansson.h>

#include "base/valid_text.h"
#include "record/verdict.h"
#include "reports/causes.h"
#include "reports/evidence.h"
#include "reports/json_cost.h"
#include "reports/json_part.h"
#include "reports/reporter.h"
#include "reports/requirement_matrix.h"

static json_t *requirement_ids(const char *requirements)
{
    json_t *ids = json_array();
    for (const char *at = requirements + strspn(requirements, " "); *at;) {
        size_t length = strcspn(at, " ");
        struct text id = {0};
        text_append_bytes(&id, at, length);
        char *valid = valid_line(text_string(&id));
        json_add(ids, json_string(valid));
        free(valid);
        text_release(&id);
        at += length;
        at += strspn(at, " ");
    }
    return ids;
}

static void put_place(json_t *o, const struct check *c)
{
    if (!c->file || !c->file[0])
        return;
    json_put_text(o, "file", c->file);
    if (c->line)
        json_put_count(o, "line", c->line);
}

static json_t *check_object(const struct check *c)
{
    struct report_evidence evidence[EVIDENCE_COUNT];
    size_t count = evidence_of(c, evidence);
    json_t *o = json_object();
    json_put_text(o, "name", c->name);
    if (c->kind)
        json_put_text(o, "kind", c->kind);
    json_put_text(o, "outcome", outcome_name(c->outcome));
    if (c->level != LEVEL_FINDING)
        json_put_text(o, "level", check_level_name(c->level));
    json_put(o, "seconds", json_figure(c->seconds));
    json_put(o, "requirements", requirement_ids(c->requirements));
    for (size_t i = 0; i < count; i++) {
        char *valid = evidence_text(&evidence[i], EVIDENCE_LIMIT);
        json_put(o, evidence[i].name, json_string(valid));
        free(valid);
    }
    if (c->cause && c->cause[0])
        json_put_text(o, "cause", c->cause);
    put_place(o, c);
    return o;
}

static json_t *cause_object(const struct cause *cause, const char *level)
{
    const struct check *c = cause->places[0].check;
    json_t *o = json_object(), *places = json_array();
    for (size_t i = 0; i < cause->count; i++) {
        json_t *place = json_object();
        json_put_text(place, "scenario", cause->places[i].scenario->name);
        json_put_text(place, "check", cause->places[i].check->name);
        json_add(places, place);
    }
    json_put_text(o, "level", level);
    if (c->message)
        json_put_text(o, "message", c->message);
    if (c->remedy)
        json_put_text(o, "remedy", c->remedy);
    put_place(o, c);
    json_put(o, "places", places);
    return o;
}

static json_t *causes_array(const struct run_record *r)
{
    json_t *array = json_array();
    for (int grade = 0; grade < CAUSE_GRADES; grade++) {
        struct causes causes;
        causes_of_grade(&causes, r, (enum cause_grade)grade);
        for (size_t i = 0; i < causes.count; i++)
            json_add(array,
                     cause_object(&causes.items[i], cause_grade_name((enum cause_grade)grade)));
        causes_release(&causes);
    }
    return array;
}

static json_t *measurement_object(const struct measurement *m)
{
    json_t *o = json_object();
    json_put_text(o, "name", m->name);
    json_put_text(o, "unit", m->unit);
    json_put(o, "value", json_figure(m->value));
    json_put(o, "limit", m->limit > 0 ? json_figure(m->limit) : json_null());
    return o;
}

static json_t *step_object(const struct step *s)
{
    json_t *o = json_object(), *checks = json_array(), *measurements = json_array();
    for (size_t i = 0; i < s->check_count; i++)
        json_add(checks, check_object(&s->checks[i]));
    for (size_t i = 0; i < s->measurement_count; i++)
        json_add(measurements, measurement_object(&s->measurements[i]));
    json_put_text(o, "title", s->title);
    json_put(o, "started", json_figure(s->started));
    json_put(o, "seconds", json_figure(s->seconds));
    json_put(o, "checks", checks);
    json_put(o, "measurements", measurements);
    return o;
}

static json_t *counts_object(size_t checks, size_t passed, size_t findings, size_t errors,
                             size_t not_run)
{
    json_t *o = json_object();
    json_put_count(o, "checks", checks);
    json_put_count(o, "passed", passed);
    json_put_count(o, "findings", findings);
    json_put_count(o, "errors", errors);
    json_put_count(o, "not_run", not_run);
    return o;
}

static json_t *scenario_object(const struct scenario_record *s)
{
    json_t *o = json_object(), *steps = json_array();
    for (size_t i = 0; i < s->step_count; i++)
        json_add(steps, step_object(&s->steps[i]));
    json_put_text(o, "name", s->name);
    json_put_text(o, "title", s->title);
    if (s->revision)
        json_put_text(o, "revision", s->revision);
    if (s->file)
        json_put_text(o, "file", s->file);
    if (s->server_version)
        json_put_text(o, "server_version", s->server_version);
    if (s->retries) {
        json_put_count(o, "retries", s->retries);
        json_put_text(o, "retried_after", s->retried_after);
    }
    json_put_text(o, "verdict", verdict_name(verdict_of_scenario(s)));
    json_put_text(o, "database", s->database);
    json_put(o, "started", json_figure(s->started));
    json_put(o, "seconds", json_figure(s->seconds));
    json_put(o, "counts",
             counts_object(scenario_count_checks(s), scenario_count_outcome(s, OUTCOME_PASSED),
                           scenario_count_outcome(s, OUTCOME_FINDING),
                           scenario_count_outcome(s, OUTCOME_ERROR),
                           scenario_count_outcome(s, OUTCOME_NOT_RUN)));
    json_put(o, "steps", steps);
    if (s->cost)
        json_put(o, "cost", json_of_cost(s->cost));
    return o;
}

static json_t *partition_object(const struct partition *p)
{
    json_t *o = json_object(), *names = json_array();
    for (size_t i = 0; i < p->scenario_count; i++) {
        char *valid = valid_text(p->scenarios[i], EVIDENCE_LIMIT);
        json_add(names, json_string(valid));
        free(valid);
    }
    json_put_count(o, "number", p->number);
    json_put_count(o, "count", p->count);
    json_put(o, "scenarios", names);
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
        json_put_text(o, "id", m.rows[i].id);
        json_put_text(o, "text", m.rows[i].text);
        json_put_text(o, "status", proof_name(m.rows[i].proof));
        json_put_count(o, "passed", outcomes[OUTCOME_PASSED]);
        json_put_count(o, "findings", outcomes[OUTCOME_FINDING]);
        json_put_count(o, "errors", outcomes[OUTCOME_ERROR]);
        json_put_count(o, "not_run", outcomes[OUTCOME_NOT_RUN]);
        json_add(rows, o);
    }
    requirement_matrix_release(&m);
    return rows;
}

static json_t *circumstances_array(const struct run_record *r)
{
    json_t *facts = json_array();
    for (size_t i = 0; i < r->circumstance_count; i++) {
        json_t *o = json_object();
        json_put_text(o, "name", r->circumstances[i].name);
        json_put_text(o, "value", r->circumstances[i].value);
        json_add(facts, o);
    }
    return facts;
}

json_t *json_run_object(const struct run_record *r)
{
    enum verdict verdict = verdict_of_run(r);
    json_t *o = json_object(), *scenarios = json_array();
    for (size_t i = 0; i < r->scenario_count; i++)
        json_add(scenarios, scenario_object(&r->scenarios[i]));
    json_put_text(o, "$schema", "urn:pgrehearse:run:1");
    json_put_count(o, "format_version", 1);
    json_put_text(o, "id", r->id);
    json_put_text(o, "pgrehearse", r->version);
    json_put_text(o, "started_at", r->started_at);
    json_put(o, "seconds", json_figure(r->seconds));
    json_put_text(o, "verdict", verdict_name(verdict));
    json_put_count(o, "exit_code", (size_t)verdict);
    json_put_text(o, "error", r->error);
    json_put(o, "interrupted", json_boolean(r->interrupted));
    json_put(o, "counts",
             counts_object(record_count_checks(r), record_count_outcome(r, OUTCOME_PASSED),
                           record_count_outcome(r, OUTCOME_FINDING),
                           record_count_outcome(r, OUTCOME_ERROR),
                           record_count_outcome(r, OUTCOME_NOT_RUN)));
    json_put_text(o, "suite", r->suite);
    json_put_text(o, "suite_path", r->suite_path);
    json_put_text(o, "migrator", r->migrator);
    json_put_text(o, "migrations", r->migrations);
    json_put_text(o, "baseline", r->baseline);
    json_put_text(o, "target", r->target);
    if (r->partition.count)
        json_put(o, "partition", partition_object(&r->partition));
    json_put(o, "circumstances", circumstances_array(r));
    json_put(o, "requirements", requirements_array(r));
    json_t *causes = causes_array(r);
    if (json_array_size(causes))
        json_put(o, "causes", causes);
    else
        json_decref(causes);
    json_put(o, "scenarios", scenarios);
    if (r->forecast)
        json_put(o, "forecast", json_of_forecast(r->forecast));
    if (r->trend_count)
        json_put(o, "trends", json_of_trends(r));
    return o;
}

char *json_text(const struct run_record *r)
{
    struct text t = {0};
    json_append_document(&t, json_run_object(r));
    return text_detach(&t);
}

static void render(struct text *t, const struct run_record *r)
{
    json_append_document(t, json_run_object(r));
}

const struct reporter json_reporter = {.name = "json",
                                       .summary = "the whole record, for programs",
                                       .file = "run.json",
                                       .render = render};
