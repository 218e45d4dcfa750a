#include "rehearsal/rehearsal.h"

#include <stdarg.h>

#include "pgrehearse/plugin.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "ground/throwaway.h"
#include "rehearsal/scenario_list.h"

/* Whatever the step did not get to is not run, and says why. */
static void step_end(struct rehearsal *r)
{
    if (!r->step || r->walking)
        return;
    for (size_t i = 0; i < r->step->check_count; i++) {
        struct check *c = &r->step->checks[i];
        if (c->outcome != OUTCOME_NOT_RUN || c->level != LEVEL_FINDING)
            continue;
        if (!c->message)
            c->message = memory_copy_of(r->latched ? r->latched : "the step did not reach it");
        event_check(r->run->events, EVENT_CHECK_ENDS, r->record, r->step, c);
    }
    r->step->seconds = clock_seconds() - r->run->started - r->step->started;
    event_step(r->run->events, EVENT_STEP_ENDS, r->record, r->step);
    r->step = NULL;
}

void step_begin(struct rehearsal *r, const char *format, ...)
{
    step_end(r);
    va_list arguments;
    va_start(arguments, format);
    char *title = memory_format_list(format, arguments);
    va_end(arguments);
    r->next_check = 0;
    if (r->walking) {
        r->step = record_add_step(r->record, title);
    } else {
        if (r->next_step >= r->record->step_count)
            abort(); /* a verb that plans otherwise than it runs */
        r->step = &r->record->steps[r->next_step++];
        r->step->started = clock_seconds() - r->run->started;
        event_step(r->run->events, EVENT_STEP_BEGINS, r->record, r->step);
    }
    free(title);
}

/* Adds those of `ids` that `all` does not have yet. */
static void add_requirements(struct text *all, const char *ids)
{
    while (ids && *ids) {
        size_t length = strcspn(ids, " ");
        char *id = memory_format("%.*s", (int)length, ids);
        const char *there = strstr(text_string(all), id);
        if (length && !(there && (there[length] == '\0' || there[length] == ' ')))
            text_append_format(all, "%s%s", all->length ? " " : "", id);
        free(id);
        ids += length + (ids[length] == ' ');
    }
}

/*
 * The requirements of the kind, those of the check itself and, on a copy of production, those that
 * ask for just that: they are met when every one of these checks has passed. Each once.
 */
static char *join_requirements(const struct rehearsal *r, const char *kind, const char *own)
{
    struct text all = {0};
    char *of_kind = suite_requirements_of(r->run->ground.suite, kind);
    char *of_copy =
        r->on_copy ? suite_requirements_of(r->run->ground.suite, "production-copy") : NULL;
    add_requirements(&all, of_kind);
    add_requirements(&all, own);
    add_requirements(&all, of_copy);
    free(of_copy);
    free(of_kind);
    return text_detach(&all);
}

/* The record wants names that are unique within their scenario: the second one says so. */
static char *unique_name(const struct scenario_record *s, const char *name)
{
    unsigned before = 0;
    size_t length = strlen(name);
    for (size_t i = 0; i < s->step_count; i++)
        for (size_t j = 0; j < s->steps[i].check_count; j++) {
            const char *other = s->steps[i].checks[j].name;
            if (strncmp(other, name, length) == 0 &&
                (other[length] == '\0' || strncmp(other + length, " (time ", 7) == 0))
                before++;
        }
    return before ? memory_format("%s (time %u)", name, before + 1) : memory_copy_of(name);
}

struct check *step_check(struct rehearsal *r, const char *kind, const char *requirements,
                         const char *format, ...)
{
    if (!r->walking) {
        if (r->next_check >= r->step->check_count)
            abort();
        struct check *planned = &r->step->checks[r->next_check++];
        event_check(r->run->events, EVENT_CHECK_BEGINS, r->record, r->step, planned);
        return planned;
    }
    va_list arguments;
    va_start(arguments, format);
    char *name = memory_format_list(format, arguments);
    va_end(arguments);
    char *covered = join_requirements(r, kind, requirements);
    char *unique = unique_name(r->record, name);
    struct check *check = record_add_check(r->step, unique, covered);
    check->kind = memory_copy_of(kind);
    free(unique);
    free(covered);
    free(name);
    return check;
}

bool step_runs(const struct rehearsal *r)
{
    return !r->walking && !r->latched;
}

void step_measure(struct rehearsal *r, const char *name, const char *unit, double value,
                  double limit)
{
    record_add_measurement(r->step, name, unit, value, limit);
}

void step_measure_as(struct rehearsal *r, enum measure_id measure, double value, double limit)
{
    record_add_measure(r->step, measure, value, limit);
}

static void conclude(struct rehearsal *r, struct check *c, enum outcome outcome)
{
    c->outcome = outcome;
    event_check(r->run->events, EVENT_CHECK_ENDS, r->record, r->step, c);
}

void check_pass(struct rehearsal *r, struct check *c)
{
    conclude(r, c, OUTCOME_PASSED);
}

static void take_evidence(struct check *c, const struct evidence *evidence, const char *message)
{
    c->message = text_one_line(message);
    if (!evidence)
        return;
    c->remedy = memory_copy_of(evidence->remedy);
    c->expected = memory_copy_of(evidence->expected);
    c->found = memory_copy_of(evidence->found);
    c->detail = memory_copy_of(evidence->detail);
    c->sql = memory_copy_of(evidence->sql);
    c->sqlstate = memory_copy_of(evidence->sqlstate);
    c->cause = evidence->cause ? text_one_line(evidence->cause) : NULL;
    c->file = memory_copy_of(evidence->file);
    c->line = evidence->line;
}

void check_finding(struct rehearsal *r, struct check *c, const struct evidence *evidence,
                   const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *message = memory_format_list(format, arguments);
    va_end(arguments);
    take_evidence(c, evidence, message);
    free(message);
    conclude(r, c, OUTCOME_FINDING);
}

void check_remark(struct rehearsal *r, struct check *c, enum check_level level,
                  const struct evidence *evidence, const char *message)
{
    c->level = level;
    take_evidence(c, evidence, message);
    conclude(r, c, OUTCOME_PASSED);
}

void check_skip(struct rehearsal *r, struct check *c, const char *why)
{
    c->level = LEVEL_NOTE;
    c->message = memory_copy_of(why);
    conclude(r, c, OUTCOME_NOT_RUN);
}

void check_error(struct rehearsal *r, struct check *c, const struct error *e)
{
    c->message = memory_copy_of(e->message);
    c->cause = memory_copy_of(e->message);
    if (e->sqlstate[0])
        c->sqlstate = memory_copy_of(e->sqlstate);
    rehearsal_latch(r, "not run: %s", e->message);
    conclude(r, c, OUTCOME_ERROR);
}

void rehearsal_latch(struct rehearsal *r, const char *format, ...)
{
    if (r->latched)
        return;
    va_list arguments;
    va_start(arguments, format);
    r->latched = memory_format_list(format, arguments);
    va_end(arguments);
}

void rehearsal_lacks(struct rehearsal *r, const char *format, ...)
{
    if (r->lacking || !r->walking)
        return;
    va_list arguments;
    va_start(arguments, format);
    r->lacking = memory_format_list(format, arguments);
    va_end(arguments);
}

void rehearsal_lacks_declaration(struct rehearsal *r, const char *format, ...)
{
    if (r->lacking || !r->walking)
        return;
    va_list arguments;
    va_start(arguments, format);
    r->lacking = r->run->ground.is_project ? memory_copy_of("not declared in pgrehearse.yaml")
                                           : memory_format_list(format, arguments);
    va_end(arguments);
}

const char *rehearsal_revision(const struct rehearsal *r, enum rehearsed_revision revision)
{
    return revision == BASELINE ? r->run->ground.suite->baseline : r->run->ground.suite->target;
}

bool rehearsal_clone(const struct rehearsal *r, const char *purpose, const char *template,
                     struct clone *clone, struct error *e)
{
    const struct ground *g = &r->run->ground;
    struct connection c = {0};
    char *words = memory_format("%s%s%s", r->slug, purpose ? " " : "", purpose ? purpose : "");
    *clone = (struct clone){0};
    bool good = connection_open(&c, g->server->url, g->cancel, e) &&
                ground_clone(g, &c, words, template, clone, e);
    connection_close(&c);
    free(words);
    return good;
}

bool rehearsal_make_database(struct rehearsal *r, const char *template, struct error *e)
{
    struct clone clone;
    bool good = rehearsal_clone(r, NULL, template, &clone, e);
    r->database = clone.database;
    r->url = clone.url;
    r->migrator_url = clone.migrator_url;
    r->record->database = memory_copy_of(clone.database);
    return good;
}

/* A copy may be large, and there may be many revisions. */
bool rehearsal_is_in_the_way(const struct rehearsal *r)
{
    return !r->run->ground.server->is_embedded || r->on_copy || r->run->leg;
}

/* A database that is no longer needed makes room at once; --keep keeps all. */
static void drop_database(struct rehearsal *r)
{
    connection_close(&r->connection);
    if (!r->database || r->run->ground.keep)
        return;
    struct connection c = {0};
    struct error ignored = {0}; /* the end of the run drops what is left */
    if (rehearsal_is_in_the_way(r) &&
        connection_open(&c, r->run->ground.server->url, NULL, &ignored))
        throwaway_drop(&c, r->database, &ignored);
    connection_close(&c);
}

static void release(struct rehearsal *r)
{
    free(r->lacking);
    free(r->latched);
    free(r->database);
    free(r->url);
    free(r->migrator_url);
    free(r->slug);
}

/* A second try has databases and logs of its own. */
static char *make_slug(const struct run *run, const struct scenario *scenario,
                       const struct scenario_record *record)
{
    char *name = scenario_name(scenario);
    char *again =
        record->retries ? memory_format("again%zu-", record->retries) : memory_copy_of("");
    char *slug = run->leg ? memory_format("%s%s-r%zu", again, name, run->leg)
                          : memory_format("%s%s", again, name);
    free(again);
    free(name);
    return slug;
}

static void follow(const struct scenario *scenario, struct rehearsal *r)
{
    if (scenario->guest)
        scenario->guest->runbook((struct pgr_rehearsal *)(void *)r);
    else
        scenario->runbook(r);
}

char *rehearsal_walk(const struct run *run, const struct scenario *scenario,
                     struct scenario_record *record)
{
    struct rehearsal r = {.run = run,
                          .record = record,
                          .slug = make_slug(run, scenario, record),
                          .subject = scenario->subject,
                          .walking = true};
    follow(scenario, &r);
    if (!record->step_count)
        rehearsal_lacks(&r, "its runbook has no steps");
    char *lacking = r.lacking;
    r.lacking = NULL;
    slots_release(&r);
    release(&r);
    return lacking;
}

static void run_or_skip(const struct run *run, const struct scenario *scenario,
                        struct scenario_record *record, const char *reason)
{
    struct rehearsal r = {.run = run,
                          .record = record,
                          .slug = make_slug(run, scenario, record),
                          .subject = scenario->subject,
                          .latched = memory_copy_of(reason)};
    record->started = clock_seconds() - run->started;
    event_scenario(run->events, EVENT_SCENARIO_BEGINS, record);
    struct error ignored = {0}; /* whatever is the matter shows when the migrator runs */
    if (!reason && cluster_is_taken_in_turns(run->ground.cluster))
        cluster_enter(run->ground.cluster, &r, run->ground.template, &ignored);
    follow(scenario, &r);
    step_end(&r);
    slots_release(&r);
    drop_database(&r);
    cluster_yield(run->ground.cluster, &r);
    record->seconds = clock_seconds() - run->started - record->started;
    event_scenario(run->events, EVENT_SCENARIO_ENDS, record);
    release(&r);
}

void rehearsal_run(const struct run *run, const struct scenario *scenario,
                   struct scenario_record *record)
{
    run_or_skip(run, scenario, record, NULL);
}

void rehearsal_skip(const struct run *run, const struct scenario *scenario,
                    struct scenario_record *record, const char *reason)
{
    run_or_skip(run, scenario, record, reason);
}
