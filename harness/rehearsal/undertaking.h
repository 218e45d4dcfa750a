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

struct undertaking {
    struct run_record record;
    struct event_stream events;
    struct text notes;                                     /* what it reported, in lines */
    void (*ended)(void *context, const struct step *step); /* of each step that ran; or NULL */
    void *context;
};

void undertaking_init(struct undertaking *u);
void undertaking_release(struct undertaking *u);

/* How the step ended that it came to last under this name; NOT_RUN: it never did. */
enum outcome undertaking_outcome(const struct undertaking *u, enum deploy_step step);

/* A new folder for the journal of a deployment, to be freed. */
char *undertaking_output(const struct deploy_place *place);

/* A deploy of the place's database, with a journal in the folder `output`. */
struct deploy_request undertaking_request(const struct deploy_place *place,
                                          const struct deployment *runbook, const char *output,
                                          struct undertaking *u);

/* False when it could not even begin. Release the result. */
bool undertaking_run(const struct deploy_place *place, const struct deploy_request *request,
                     struct deploy_result *result, struct error *e);
