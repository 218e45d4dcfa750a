/* How the baseline of the first revision came about that is rehearsed: a scenario of its own. */
#pragma once
#include "ground/baseline.h"
#include "migrator/revisions.h"
#include "pgrehearse/scenario.h"

struct rehearsed_project;

struct first_baseline {
    const struct rehearsed_project *project;
    const struct revision_list *revisions; /* its own */
    const char *since; /* the commit that the revisions are compared with; NULL: with none */
    const char *name;  /* of the baseline */
    bool is_built;     /* or taken from the cache */
    bool is_refused;   /* the migrator does not start with these revisions */
    bool is_base;      /* nothing comes before the first revision */
    struct baseline_failure failure; /* of the migrations that lead there */
    char *failed; /* the revision that failed, as far as that is known; or NULL */
};

/* Judges what is in run->first; it is planned and run like any other, and makes no database. */
extern const struct scenario scenario_of_revisions;
