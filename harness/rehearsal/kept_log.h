/* A migrator's log in a rehearsal: kept beside the reports, its steps measured. */
#pragma once
#include "migrator/migrator.h"
#include "rehearsal/rehearsal.h"

/* Writes the log to OUTPUT/logs/SCENARIO-NUMBER-ACTION.log, if the run writes reports. */
void kept_log_write(struct rehearsal *r, const char *action, const struct migrator_result *result);

/*
 * Adds a measurement "step N TEXT" for every step that the log names: the time between its first
 * and its last line, or what the log states ("Step 3/10: 2.50s") where that is more.
 */
void kept_log_measure_steps(struct rehearsal *r, const struct migrator_result *result);
