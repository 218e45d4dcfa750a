/*
 * How long the upgrade will keep others from a table in production: it is run again and again on
 * databases with a growing share of production's rows, and what was measured is carried on
 * (src/statistics/cost_fit.h has the method).
 */
#pragma once
#include "rehearsal/rehearsal.h"

/*
 * The scenario as the context of rule_ground.forecast_holds: JSON, to be freed, with an entry for
 * each table of the shape that the upgrade locked against writers or readers. An upgrade that fails
 * on such rows gives none, and a message of the run.
 */
char *hold_forecast_make(void *rehearsal, struct error *e);
