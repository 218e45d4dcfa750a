#include "reports/json_read.h"

#include <errno.h>
#include <string.h>

#include "base/memory.h"
#include "base/regular_file.h"
#include "base/text.h"
#include "reports/json_cost_read.h"
#include "reports/json_part_read.h"

enum { MOST_BYTES = 1 << 29 };

static enum outcome outcome_of(const struct json_reader *r, const json_t *object)
{
    char *name = json_read_needed(r, object, "outcome");
    enum outcome outcome = OUTCOME_NOT_RUN;
    while (outcome < OUTCOME_ERROR && strcmp(name, outcome_name(outcome)) != 0)
        outcome++;
    if (strcmp(name, outcome_name(outcome)) != 0)
        json_read_wrong(r, "outcome", "passed, finding, error or not run");
    free(name);
    return outcome;
}

static enum check_level level_of(const struct json_reader *r, const json_t *object)
{
    char *name = json_read_text(r, object, "level");
    enum check_level level = LEVEL_FINDING;
    while (name && level < LEVEL_NOTE && strcmp(name, check_level_name(level)) != 0)
        level++;
    if (name && strcmp(name, check_level_name(level)) != 0)
        json_read_wrong(r, "level", "warning or note");
    free(name);
    return level;
}

static char *requirements_of(const struct json_reader *r, const json_t *object)
{
    const json_t *ids = json_read_list(r, object, "requirements");
    struct text all = {0};
    for (size_t i = 0; i < json_array_size(ids); i++) {
        const char *id = json_string_value(json_array_get(ids, i));
        text_append_format(&all, "%s%s", i ? " " : "", id ? id : "");
    }
    return text_detach(&all);
}

static void read_check(const struct json_reader *r, const json_t *object, struct step *step)
{
    char *name = json_read_needed(r, object, "name"), *ids = requirements_of(r, object);
    struct check *c = record_add_check(step, name, ids);
    c->kind = json_read_text(r, object, "kind");
    c->outcome = outcome_of(r, object);
    c->level = level_of(r, object);
    c->seconds = json_read_figure(r, object, "seconds", 0);
    c->message = json_read_text(r, object, "message");
    c->cause = json_read_text(r, object, "cause");
    c->remedy = json_read_text(r, object, "remedy");
    c->expected = json_read_text(r, object, "expected");
    c->found = json_read_text(r, object, "found");
    c->detail = json_read_text(r, object, "detail");
    c->sql = json_read_text(r, object, "sql");
    c->sqlstate = json_read_text(r, object, "sqlstate");
    c->file = json_read_text(r, object, "file");
    c->line = (unsigned)json_read_count(r, object, "line", 0);
    free(ids);
    free(name);
}

static void read_measurement(const struct json_reader *r, const json_t *object, struct step *step)
{
    char *name = json_read_needed(r, object, "name"), *unit = json_read_needed(r, object, "unit");
    record_add_measurement(step, name, unit, json_read_figure(r, object, "value", 0),
                           json_read_figure(r, object, "limit", 0));
    free(unit);
    free(name);
}

static void read_step(const struct json_reader *r, const json_t *object, struct scenario_record *s)
{
    char *title = json_read_needed(r, object, "title");
    struct step *step = record_add_step(s, title);
    const json_t *checks = json_read_list(r, object, "checks");
    const json_t *measurements = json_read_list(r, object, "measurements");
    free(title);
    step->started = json_read_figure(r, object, "started", 0);
    step->seconds = json_read_figure(r, object, "seconds", 0);
    for (size_t i = 0; i < json_array_size(checks); i++)
        read_check(r, json_array_get(checks, i), step);
    for (size_t i = 0; i < json_array_size(measurements); i++)
        read_measurement(r, json_array_get(measurements, i), step);
}

static void read_scenario(const struct json_reader *r, const json_t *object, struct run_record *run)
{
    char *name = json_read_needed(r, object, "name"), *title = json_read_needed(r, object, "title");
    struct scenario_record *s = record_add_scenario(run, name, title);
    const json_t *steps = json_read_list(r, object, "steps");
    free(title);
    free(name);
    s->revision = json_read_text(r, object, "revision");
    s->file = json_read_text(r, object, "file");
    s->server_version = json_read_text(r, object, "server_version");
    s->retries = (size_t)json_read_count(r, object, "retries", 0);
    s->retried_after = json_read_text(r, object, "retried_after");
    s->database = json_read_text(r, object, "database");
    s->started = json_read_figure(r, object, "started", 0);
    s->seconds = json_read_figure(r, object, "seconds", 0);
    s->cost = json_read_cost(r, json_object_get(object, "cost"));
    for (size_t i = 0; i < json_array_size(steps); i++)
        read_step(r, json_array_get(steps, i), s);
}

static void read_partition(const struct json_reader *r, const json_t *object, struct partition *p)
{
    const json_t *names = json_read_list(r, object, "scenarios");
    p->number = (size_t)json_read_count(r, object, "number", 0);
    p->count = (size_t)json_read_count(r, object, "count", 0);
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        *(char **)memory_append(&p->scenarios, &p->scenario_count, sizeof *p->scenarios) =
            memory_copy_of(name ? name : "");
    }
    if (object && (p->number < 1 || p->number > p->count || p->count > p->scenario_count))
        json_read_wrong(r, "partition", "a number from 1 to count, and as many scenarios or more");
}

static void read_facts(const struct json_reader *r, const json_t *object, struct run_record *run)
{
    const json_t *circumstances = json_read_list(r, object, "circumstances");
    const json_t *requirements = json_read_list(r, object, "requirements");
    for (size_t i = 0; i < json_array_size(circumstances); i++) {
        const json_t *fact = json_array_get(circumstances, i);
        char *name = json_read_needed(r, fact, "name"), *value = json_read_needed(r, fact, "value");
        record_add_circumstance(run, name, value);
        free(value);
        free(name);
    }
    for (size_t i = 0; i < json_array_size(requirements); i++) {
        const json_t *row = json_array_get(requirements, i);
        char *id = json_read_needed(r, row, "id"), *text = json_read_needed(r, row, "text");
        if (*text) /* else a check names it that the suite does not state */
            record_add_requirement(run, id, text);
        free(text);
        free(id);
    }
}

static void read_head(const struct json_reader *r, const json_t *object, struct run_record *run)
{
    char *started = json_read_needed(r, object, "started_at");
    snprintf(run->started_at, sizeof run->started_at, "%s", started);
    free(started);
    run->id = json_read_text(r, object, "id");
    run->version = json_read_text(r, object, "pgrehearse");
    run->seconds = json_read_figure(r, object, "seconds", 0);
    run->error = json_read_text(r, object, "error");
    run->interrupted = json_read_truth(r, object, "interrupted");
    run->suite = json_read_text(r, object, "suite");
    run->suite_path = json_read_text(r, object, "suite_path");
    run->migrator = json_read_text(r, object, "migrator");
    run->migrations = json_read_text(r, object, "migrations");
    run->baseline = json_read_text(r, object, "baseline");
    run->target = json_read_text(r, object, "target");
}

static void read_run(const struct json_reader *r, const json_t *object, struct run_record *run)
{
    const json_t *scenarios = json_read_list(r, object, "scenarios");
    const json_t *trends = json_read_list(r, object, "trends");
    const char *schema = json_string_value(json_object_get(object, "$schema"));
    if (!schema || strcmp(schema, "urn:pgrehearse:run:1") != 0)
        json_read_wrong(r, "$schema", "urn:pgrehearse:run:1");
    read_head(r, object, run);
    read_facts(r, object, run);
    read_partition(r, json_object_get(object, "partition"), &run->partition);
    for (size_t i = 0; i < json_array_size(scenarios); i++)
        read_scenario(r, json_array_get(scenarios, i), run);
    for (size_t i = 0; i < json_array_size(trends); i++)
        json_read_trend(r, json_array_get(trends, i), run);
}

bool json_read_run(struct run_record *r, const char *path, struct error *e)
{
    struct text file = {0};
    json_error_t where;
    if (!text_read_file(&file, path, MOST_BYTES)) {
        error_set(e, file_error_kind(errno), "%s: cannot be read: %s", path, file_reason(errno));
        text_release(&file);
        return false;
    }
    json_t *object = json_loadb(text_string(&file), file.length, JSON_REJECT_DUPLICATES, &where);
    text_release(&file);
    if (!object)
        return error_set(e, ERROR_USAGE, "%s:%d: not JSON: %s", path, where.line, where.text);
    read_run(&(struct json_reader){path, e}, object, r);
    json_decref(object);
    return e->kind == ERROR_NONE;
}
