/* One deploy within a rehearsal: a run of its own, whose events are heard. */
#pragma once
#include "base/text.h"
#include "deployment/deploy.h"
#include "rehearsal/rehearsal.h"
#include "rehearsal/rehearsed_application.h"

/* Where it is deployed: a database at the baseline, and the application that uses it. */
struct deploy_place {
    const struct run *run;
    const void *who; /* the scenario, by which the server knows it (ground/cluster.h) */
    struct rehearsed_application *application;
    const char *database, *url, *migrator_url;
};

struct tried_deploy {
    struct run_record record;
    struct event_stream events;
    struct text notes;                                     /* what it reported, in lines */
    void (*ended)(void *context, const struct step *step); /* of each step that ran; or NULL */
    void *context;
};

void tried_deploy_init(struct tried_deploy *u);
void tried_deploy_release(struct tried_deploy *u);

/* How the step ended that it came to last under this name; NOT_RUN: it never did. */
enum outcome tried_deploy_outcome(const struct tried_deploy *u, enum deploy_step step);

/* A new folder for the journal of a deployment, to be freed. */
char *tried_deploy_output(const struct deploy_place *place);

/* A deploy of the place's database, with a journal in the folder `output`. */
struct deploy_request tried_deploy_request(const struct deploy_place *place,
                                           const struct deployment *runbook, const char *output,
                                           struct tried_deploy *u);

/* False when it could not even begin. Release the result. */
bool tried_deploy_run(const struct deploy_place *place, const struct deploy_request *request,
                      struct deploy_result *result, struct error *e);
