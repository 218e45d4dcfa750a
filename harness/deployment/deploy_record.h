/* A deployment as the record of a run, so that reports show it as they show a rehearsal. */
#pragma once
#include "deployment/deploy.h"
#include "record/record.h"

/* One scenario "deploy"; a step is added when it has ended. Release the record afterwards. */
void deploy_record_begin(struct run_record *r, const struct deploy_request *request);

/* A step of the deployment: one check. Does nothing before deploy_record_begin(). */
void deploy_record_step(struct run_record *r, enum deploy_step step, enum deploy_outcome outcome,
                        double seconds, const char *message);

/* `error`: why it did not come to its end; NULL: it did, or a step says why. */
void deploy_record_end(struct run_record *r, const char *error);
