/* A scenario that is tried again while it cannot be checked. A finding is never tried again. */
#pragma once
#include "pgrehearse/scenario.h"

#include "rehearsal/run.h"

/*
 * Runs it, and up to `retries` times again. The last try is what is recorded, with the reason for
 * the first repetition. Its steps are reported when it has ended, once.
 */
void repeated_scenario_run(const struct run *run, const struct scenario *scenario,
                           struct scenario_record *record, size_t retries);
