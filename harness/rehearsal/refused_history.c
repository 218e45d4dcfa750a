#include "rehearsal/refused_history.h"

#include "rehearsal/leg.h"
#include "rehearsal/rehearsal.h"

static void judge(const struct leg *leg, const struct planned_scenario *planned)
{
    struct scenario_record *record = &leg->run.record->scenarios[planned->record];
    if (planned->scenario == &scenario_of_revisions)
        rehearsal_run(&leg->run, planned->scenario, record);
    else
        rehearsal_skip(&leg->run, planned->scenario, record,
                       "not run: the revisions have to be fixed first");
}

bool refused_history_judge(struct run *run, struct first_baseline *first, struct error *e)
{
    if (!run->first || !first->revisions->problem_count || e->kind != ERROR_UNAVAILABLE)
        return false;
    error_clear(e);
    first->is_refused = true;
    for (size_t i = 0; i < run->leg_count; i++) {
        leg_refresh(&run->legs[i], run);
        for (size_t j = 0; j < run->legs[i].planned_count; j++)
            judge(&run->legs[i], &run->legs[i].planned[j]);
    }
    return true;
}
