#include "record/live_scenario.h"

#include "base/clock.h"
#include "base/memory.h"

struct scenario_record *live_scenario_record(const struct live_scenario *l)
{
    return &l->run->scenarios[l->place];
}

static struct step *running(const struct live_scenario *l)
{
    return &live_scenario_record(l)->steps[l->next - 1];
}

void live_scenario_begin(struct live_scenario *l, struct run_record *run,
                         struct event_stream *events, double run_started)
{
    *l = (struct live_scenario){
        .run = run, .events = events, .run_started = run_started, .place = run->scenario_count - 1};
    struct scenario_record *s = live_scenario_record(l);
    s->started = clock_seconds() - run_started;
    event_scenario(events, EVENT_SCENARIO_BEGINS, s);
}

struct step *live_scenario_step(struct live_scenario *l)
{
    const struct scenario_record *s = live_scenario_record(l);
    live_scenario_end_step(l, "the step did not reach it");
    struct step *step = &s->steps[l->next++];
    l->in_step = true;
    step->started = clock_seconds() - l->run_started;
    event_step(l->events, EVENT_STEP_BEGINS, s, step);
    for (size_t i = 0; i < step->check_count; i++)
        event_check(l->events, EVENT_CHECK_BEGINS, s, step, &step->checks[i]);
    return step;
}

void live_scenario_conclude(struct live_scenario *l, struct check *check, enum outcome outcome,
                            const char *message)
{
    check->outcome = outcome;
    if (message && !check->message)
        check->message = memory_copy_of(message);
    check->seconds = clock_seconds() - l->run_started - running(l)->started;
    event_check(l->events, EVENT_CHECK_ENDS, live_scenario_record(l), running(l), check);
}

/* A check without an outcome and without a word was not concluded. */
static bool is_open(const struct check *c)
{
    return c->outcome == OUTCOME_NOT_RUN && !c->message;
}

static void end_step(struct live_scenario *l, const char *why, enum check_level level)
{
    struct scenario_record *s = live_scenario_record(l);
    struct step *step = running(l);
    l->in_step = false;
    for (size_t i = 0; i < step->check_count; i++) {
        struct check *c = &step->checks[i];
        if (!is_open(c))
            continue;
        c->message = memory_copy_of(why);
        c->level = level;
        event_check(l->events, EVENT_CHECK_ENDS, s, step, c);
    }
    step->seconds = clock_seconds() - l->run_started - step->started;
    event_step(l->events, EVENT_STEP_ENDS, s, step);
}

void live_scenario_end_step(struct live_scenario *l, const char *why)
{
    if (l->in_step)
        end_step(l, why, LEVEL_FINDING);
}

void live_scenario_skip(struct live_scenario *l, const char *why, bool is_needless)
{
    live_scenario_step(l);
    end_step(l, why, is_needless ? LEVEL_NOTE : LEVEL_FINDING);
}

void live_scenario_progress(const struct live_scenario *l, const char *what, double done,
                            double total)
{
    event_progress(l->events, live_scenario_record(l), what, done, total);
}

void live_scenario_end(struct live_scenario *l, const char *why)
{
    struct scenario_record *s = live_scenario_record(l);
    live_scenario_end_step(l, why);
    while (l->next < s->step_count)
        live_scenario_skip(l, why, false);
    s->seconds = clock_seconds() - l->run_started - s->started;
    event_scenario(l->events, EVENT_SCENARIO_ENDS, s);
}
