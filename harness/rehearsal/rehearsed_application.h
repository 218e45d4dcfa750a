/*
 * The application that stands in for the real one while a deployment is rehearsed: the suite's
 * rehearsed_deployment, with the settings that its commands read from the environment
 * (docs/suite.md).
 */
#pragma once
#include "deployment/probe.h"
#include "deployment/service.h"
#include "rehearsal/run.h"

struct rehearsed_application {
    struct deployment *deployment;
    const struct cancel *cancel;
    char *state;      /* a folder of its own */
    char **variables; /* NAME=VALUE, NULL-terminated */
    size_t variable_count;
    unsigned deploys; /* that were rehearsed with it, to number their folders */
};

/*
 * Reads the suite's file and starts the application on the database at `url`, on a free port, with
 * its files in the folder `name` of the run's.
 * `*complaint` (to be freed) says why it does not start. NULL then, or on an error.
 */
struct rehearsed_application *rehearsed_application_start(const struct run *run, const char *name,
                                                          const char *url, char **complaint,
                                                          struct error *e);

/* Up, and every probe that holds at the baseline (or, with `all`, each) is answered; else
 * `*complaint`, to be freed. False if it could not be asked. */
bool rehearsed_application_is_well(const struct rehearsed_application *a, bool all,
                                   char **complaint, struct error *e);

/* Stops it; NULL is accepted. */
void rehearsed_application_free(struct rehearsed_application *a);
