#include "measures/histories/run_history.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "measures/histories/drift.h"
#include "measures/histories/history.h"

static const char scenario_title[] =
    "What the migration costs has not grown since the earlier runs of the history";

void run_history_plan(const struct run_history *h, struct run_record *r)
{
    if (!h->where || !h->fails)
        return;
    struct scenario_record *s = record_add_scenario(r, "history", scenario_title);
    struct step *step = record_add_step(s, "compare with earlier runs");
    record_add_check(step, "no measure got worse", "")->kind = memory_copy_of("drift");
}

static void judge(struct check *c, const struct run_record *r, const struct error *e)
{
    char *complaints = drift_complaints(r->trends, r->trend_count);
    if (e->kind != ERROR_NONE) {
        c->outcome = OUTCOME_ERROR;
        c->message = memory_copy_of(e->message);
        c->remedy = memory_copy_of("make the history reachable, or run without --history-fails");
    } else if (complaints) {
        c->outcome = OUTCOME_FINDING;
        c->message =
            memory_format("it got worse: %.*s", (int)strcspn(complaints, "\n"), complaints);
        c->remedy = memory_copy_of("see what the change costs with pgrehearse compare, and fix it");
        c->detail = memory_copy_of(complaints);
    } else {
        c->outcome = OUTCOME_PASSED;
    }
    free(complaints);
}

static void conclude_scenario(const struct run *run, const struct error *e, double started)
{
    struct run_record *r = run->record;
    struct scenario_record *s = &r->scenarios[r->scenario_count - 1];
    struct step *step = &s->steps[0];
    event_scenario(run->events, EVENT_SCENARIO_BEGINS, s);
    s->started = step->started = started - run->started;
    event_step(run->events, EVENT_STEP_BEGINS, s, step);
    judge(&step->checks[0], r, e);
    s->seconds = step->seconds = clock_seconds() - started;
    event_check(run->events, EVENT_CHECK_ENDS, s, step, &step->checks[0]);
    event_step(run->events, EVENT_STEP_ENDS, s, step);
    event_scenario(run->events, EVENT_SCENARIO_ENDS, s);
}

void run_history_conclude(struct run *run, struct run_history *h)
{
    struct run_record *r = run->record;
    struct store store = {0};
    double started = clock_seconds();
    if (!h->where)
        return;
    if (store_open(&store, h->where, STORE_WRITE, h->cancel, &h->warning))
        history_compare(&store, r, &h->warning);
    if (h->fails && !r->error && !r->interrupted)
        conclude_scenario(run, &h->warning, started);
    if (h->warning.kind == ERROR_NONE)
        history_write(&store, r, &h->warning);
    store_close(&store);
}
