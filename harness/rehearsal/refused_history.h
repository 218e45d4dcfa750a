/* Revisions that make no single history, so that no migrator starts with them. */
#pragma once
#include "rehearsal/first_baseline.h"
#include "rehearsal/run.h"

/*
 * Whether that is why the run could not be prepared, as the error says. If so the error is cleared:
 * what is wrong with the revisions is judged instead, and no scenario is run.
 */
bool refused_history_judge(struct run *run, struct first_baseline *first, struct error *e);
