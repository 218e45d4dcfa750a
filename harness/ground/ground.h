/*
 * The ground that every command stands on: the suite, the migrator, the server with its run folder,
 * and the database that stands at the baseline. It is set before the first scenario begins and only
 * read from then on.
 */
#pragma once
#include "generator/generator.h"
#include "ground/server.h"
#include "migrator/migrator.h"
#include "suite/suite.h"

struct ground {
    const struct suite *suite;
    struct migrator migrator;
    struct server *server;
    const char *template; /* the database that stands at the baseline; clones are made of it */
    const struct run_folder *folder;
    const struct cancel *cancel;
    struct generator_size *sizes; /* the suite's, with the command line's values */
    size_t size_count;
    uint64_t seed;
    double time_limit;  /* seconds, for the upgrade */
    const char *output; /* the folder of the reports; NULL: none are written */
    bool keep;          /* databases and logs stay when the command ends */
};

/*
 * Seconds that a command of the migrator may take before it is stopped: twice the limit of the
 * upgrade, since exceeding it is a finding with a duration of its own, and never below 20.
 */
double ground_patience(const struct ground *g);
