#include "rehearsal/repeated_scenario.h"

#include "base/memory.h"
#include "record/verdict.h"
#include "rehearsal/rehearsal.h"

/* Of a try, reporters hear what is said to people; its steps, when it turns out to be the last. */
static void hear(void *context, const struct event *event)
{
    if (event->kind == EVENT_MESSAGE)
        event_message(context, "%s", event->text);
    else if (event->kind == EVENT_PROGRESS)
        event_progress(context, event->scenario, event->text, event->done, event->total);
}

/* Why it could not be checked: the first error, else why the first check did not run. */
static const char *find_reason(const struct scenario_record *s)
{
    const char *other = "it could not be checked";
    for (size_t i = s->step_count; i-- > 0;)
        for (size_t j = s->steps[i].check_count; j-- > 0;) {
            const struct check *c = &s->steps[i].checks[j];
            if (c->outcome == OUTCOME_NOT_RUN && c->level == LEVEL_FINDING && c->message)
                other = c->message;
        }
    for (size_t i = 0; i < s->step_count; i++)
        for (size_t j = 0; j < s->steps[i].check_count; j++)
            if (s->steps[i].checks[j].outcome == OUTCOME_ERROR && s->steps[i].checks[j].message)
                return s->steps[i].checks[j].message;
    return other;
}

static void plan_again(const struct run *run, const struct scenario *scenario,
                       struct scenario_record *record, size_t retries)
{
    const char *reason = find_reason(record);
    record->retries++;
    event_message(run->events, "%s is tried again (%zu of %zu): %s", record->name, record->retries,
                  retries, reason);
    if (!record->retried_after)
        record->retried_after = memory_copy_of(reason);
    record_forget_steps(record);
    free(rehearsal_walk(run, scenario, record));
}

void repeated_scenario_run(const struct run *run, const struct scenario *scenario,
                           struct scenario_record *record, size_t retries)
{
    struct event_stream try;
    struct run quiet = *run;
    event_stream_init(&try, run->record);
    event_stream_add(&try, hear, run->events);
    quiet.events = &try;
    event_scenario(run->events, EVENT_SCENARIO_BEGINS, record);
    rehearsal_run(&quiet, scenario, record);
    while (record->retries < retries && verdict_of_scenario(record) == VERDICT_UNCHECKED &&
           !cancel_is_raised(run->ground.cancel)) {
        plan_again(run, scenario, record, retries);
        rehearsal_run(&quiet, scenario, record);
    }
    event_replay_steps(run->events, record);
    event_scenario(run->events, EVENT_SCENARIO_ENDS, record);
    event_stream_release(&try);
}
