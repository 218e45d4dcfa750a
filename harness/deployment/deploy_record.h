/*
 * A deployment as a run that is recorded and reported while it happens: one scenario "deploy" with
 * a step of one check for each step of the runbook. The way forward is planned; the steps of a
 * rollback are added as they begin, so the record is open-ended.
 */
#pragma once
#include "deployment/deploy_state.h"

/* Fills the request's record, plans the steps of the way forward unless it goes back, and begins.
 */
void deploy_record_begin(struct deploy *d);

/* A step begins: one of the way forward, after those before it were run or passed over. */
void deploy_record_step(struct deploy *d, enum deploy_step step);
void deploy_record_conclude(struct deploy *d, enum deploy_outcome outcome, const char *message,
                            const char *sqlstate);

/* Where in the migrations the running step failed; before it is concluded. */
void deploy_record_place(struct deploy *d, const char *file, unsigned line);

/* The next step of the way forward has been done by an earlier deploy. */
void deploy_record_pass_over(struct deploy *d);

/* The way forward ends at `step`, which an earlier deploy found to have failed. */
void deploy_record_had_failed(struct deploy *d, enum deploy_step step, const char *message);

/* The way forward ends here: what is left of it did not run, because of `why`. */
void deploy_record_turn_back(struct deploy *d, const char *why);

/* Ends the run with its result. */
void deploy_record_end(struct deploy *d, const struct deploy_result *result);
