/*
 * Who watches a run while it goes on: the runner emits events, live reporters format them.
 *
 * The runner serialises the calls: at most one is running at any time, whichever thread it comes
 * from. The record may be read for the scenario named, not for the others. Members may be NULL.
 */
#pragma once
#include "record/record.h"

struct observer {
    void *context;
    void (*run_begins)(void *context, const struct run_record *run); /* all is planned */
    void (*scenario_begins)(void *context, const struct scenario_record *scenario);
    void (*step_begins)(void *context, const struct scenario_record *scenario,
                        const struct step *step);
    void (*check_ends)(void *context, const struct scenario_record *scenario,
                       const struct step *step, const struct check *check);
    /* what a long step is at: `done` of `total` units; total 0 when it is not known */
    void (*progress)(void *context, const struct scenario_record *scenario, const char *what,
                     double done, double total);
    void (*scenario_ends)(void *context, const struct scenario_record *scenario);
    void (*message)(void *context, const char *line); /* a word of the runner's, one line */
    void (*run_ends)(void *context, const struct run_record *run); /* the record is complete */
};
