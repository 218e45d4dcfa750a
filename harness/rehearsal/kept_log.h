/* A migrator's log in a rehearsal: kept beside the reports. */
#pragma once
#include "migrator/migrator.h"
#include "rehearsal/rehearsal.h"

/* Writes the log to OUTPUT/logs/SCENARIO-NUMBER-ACTION.log, if the run writes reports, and returns
   that path, to be freed; else NULL. */
char *kept_log_write(struct rehearsal *r, const char *action, const struct migrator_result *result);

/* How many commands the migrator has run in this scenario. */
unsigned kept_log_count(const struct rehearsal *r);
