#include "record/record.h"

#include "base/memory.h"

struct scenario_record *record_add_scenario(struct run_record *r, const char *name,
                                            const char *title)
{
    struct scenario_record *s = memory_append(&r->scenarios, &r->scenario_count, sizeof *s);
    s->name = memory_copy_of(name);
    s->title = memory_copy_of(title);
    return s;
}

struct step *record_add_step(struct scenario_record *s, const char *title)
{
    struct step *step = memory_append(&s->steps, &s->step_count, sizeof *step);
    step->title = memory_copy_of(title);
    return step;
}

struct check *record_add_check(struct step *s, const char *name, const char *requirements)
{
    struct check *check = memory_append(&s->checks, &s->check_count, sizeof *check);
    check->name = memory_copy_of(name);
    check->requirements = memory_copy_of(requirements ? requirements : "");
    return check;
}

void record_add_requirement(struct run_record *r, const char *id, const char *text)
{
    struct requirement_record *q =
        memory_append(&r->requirements, &r->requirement_count, sizeof *q);
    q->id = memory_copy_of(id);
    q->text = memory_copy_of(text);
}

void record_begin_as(struct run_record *r, const struct run_record *other)
{
    r->id = memory_copy_of(other->id);
    r->version = memory_copy_of(other->version);
    r->suite = memory_copy_of(other->suite);
    r->suite_path = memory_copy_of(other->suite_path);
    r->migrator = memory_copy_of(other->migrator);
    r->migrations = memory_copy_of(other->migrations);
    r->baseline = memory_copy_of(other->baseline);
    r->target = memory_copy_of(other->target);
    memcpy(r->started_at, other->started_at, sizeof r->started_at);
    for (size_t i = 0; i < other->requirement_count; i++)
        record_add_requirement(r, other->requirements[i].id, other->requirements[i].text);
}

void record_add_measurement(struct step *s, const char *name, const char *unit, double value,
                            double limit)
{
    struct measurement *m = memory_append(&s->measurements, &s->measurement_count, sizeof *m);
    m->name = memory_copy_of(name);
    m->unit = memory_copy_of(unit);
    m->value = value;
    m->limit = limit;
}

void record_add_measure(struct step *s, enum measure_id measure, double value, double limit)
{
    const struct measure_row *row = &measure_table[measure];
    record_add_measurement(s, row->name, row->unit, value, limit);
}

void record_add_circumstance(struct run_record *r, const char *name, const char *value)
{
    struct circumstance *c = memory_append(&r->circumstances, &r->circumstance_count, sizeof *c);
    c->name = memory_copy_of(name);
    c->value = memory_copy_of(value);
}

static void release_step(struct step *s)
{
    for (size_t i = 0; i < s->check_count; i++) {
        struct check *c = &s->checks[i];
        char *strings[] = {c->name,   c->kind,     c->requirements, c->message,
                           c->remedy, c->expected, c->found,        c->detail,
                           c->sql,    c->sqlstate, c->file,         c->cause};
        for (size_t j = 0; j < sizeof strings / sizeof *strings; j++)
            free(strings[j]);
    }
    for (size_t i = 0; i < s->measurement_count; i++) {
        free(s->measurements[i].name);
        free(s->measurements[i].unit);
    }
    free(s->checks);
    free(s->measurements);
    free(s->title);
}

void record_forget_steps(struct scenario_record *s)
{
    for (size_t i = 0; i < s->step_count; i++)
        release_step(&s->steps[i]);
    free(s->steps);
    cost_record_free(s->cost);
    free(s->database);
    s->steps = NULL;
    s->step_count = 0;
    s->cost = NULL;
    s->database = NULL;
}

static void release_scenario(struct scenario_record *s)
{
    record_forget_steps(s);
    free(s->retried_after);
    free(s->server_version);
    free(s->name);
    free(s->title);
    free(s->revision);
    free(s->file);
}

void record_keep_scenarios(struct run_record *r, const bool *keep)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->scenario_count; i++)
        if (keep[i])
            r->scenarios[kept++] = r->scenarios[i];
        else
            release_scenario(&r->scenarios[i]);
    r->scenario_count = kept;
}

void record_release(struct run_record *r)
{
    for (size_t i = 0; i < r->scenario_count; i++)
        release_scenario(&r->scenarios[i]);
    for (size_t i = 0; i < r->circumstance_count; i++) {
        free(r->circumstances[i].name);
        free(r->circumstances[i].value);
    }
    for (size_t i = 0; i < r->requirement_count; i++) {
        free(r->requirements[i].id);
        free(r->requirements[i].text);
    }
    for (size_t i = 0; i < r->trend_count; i++)
        trend_release(&r->trends[i]);
    free(r->trends);
    for (size_t i = 0; i < r->partition.scenario_count; i++)
        free(r->partition.scenarios[i]);
    free(r->partition.scenarios);
    forecast_record_free(r->forecast);
    free(r->requirements);
    char *strings[] = {r->id,         r->version,  r->suite,  r->suite_path, r->migrator,
                       r->migrations, r->baseline, r->target, r->error};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        free(strings[i]);
    free(r->circumstances);
    free(r->scenarios);
    *r = (struct run_record){0};
}

const char *outcome_name(enum outcome outcome)
{
    static const char *const names[] = {[OUTCOME_NOT_RUN] = "not run",
                                        [OUTCOME_PASSED] = "passed",
                                        [OUTCOME_FINDING] = "finding",
                                        [OUTCOME_ERROR] = "error"};
    return names[outcome];
}

size_t scenario_count_outcome(const struct scenario_record *s, enum outcome outcome)
{
    size_t count = 0;
    for (size_t i = 0; i < s->step_count; i++)
        for (size_t j = 0; j < s->steps[i].check_count; j++)
            count += s->steps[i].checks[j].outcome == outcome;
    return count;
}

size_t scenario_count_checks(const struct scenario_record *s)
{
    size_t count = 0;
    for (size_t i = 0; i < s->step_count; i++)
        count += s->steps[i].check_count;
    return count;
}

size_t record_count_outcome(const struct run_record *r, enum outcome outcome)
{
    size_t count = 0;
    for (size_t i = 0; i < r->scenario_count; i++)
        count += scenario_count_outcome(&r->scenarios[i], outcome);
    return count;
}

size_t record_count_checks(const struct run_record *r)
{
    size_t count = 0;
    for (size_t i = 0; i < r->scenario_count; i++)
        count += scenario_count_checks(&r->scenarios[i]);
    return count;
}

const char *check_level_name(enum check_level level)
{
    static const char *const names[] = {
        [LEVEL_FINDING] = "finding", [LEVEL_WARNING] = "warning", [LEVEL_NOTE] = "note"};
    return names[level];
}

size_t record_count_level(const struct run_record *r, enum check_level level)
{
    size_t count = 0;
    for (size_t i = 0; i < r->scenario_count; i++)
        for (size_t j = 0; j < r->scenarios[i].step_count; j++) {
            const struct step *step = &r->scenarios[i].steps[j];
            for (size_t k = 0; k < step->check_count; k++)
                count += step->checks[k].level == level && step->checks[k].message;
        }
    return count;
}
