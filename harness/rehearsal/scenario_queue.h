/* The scenarios of a leg, several side by side, those that take longest first. */
#pragma once
#include "rehearsal/leg.h"
#include "rehearsal/rehearse.h"

/*
 * Runs those that work on the source, or the others. `*stopped`, to be freed, is set by the first
 * that did not pass if the request says so; what was not started by then is not run.
 */
void scenario_queue_run(const struct leg *leg, const struct rehearse_request *request,
                        bool on_source, char **stopped);
