/*
 * The template: one throwaway database that the migrator has brought to the baseline. It is built
 * once a run, and every scenario works on a clone of it. The template of the next revision is a
 * clone of it that was brought one revision on.
 */
#pragma once
#include "ground/ground.h"

/* Builds it for the suite's baseline, from nothing; its name into `*name`, to be freed. A baseline
   that cannot be reached means that we could not check: ERROR_UNAVAILABLE with the migrator's last
   words. */
bool baseline_build(const struct ground *ground, char **name, struct error *e);

struct baseline_request {
    const char *template; /* where it starts; NULL: an empty database */
    const char *revision; /* to which it is brought; NULL: it stays as it starts */
    const char *purpose;  /* for its name */
    double time_limit;    /* seconds for the migrator */
    bool as_itself;       /* with the migrator's own rights; else with a superuser's */
};

/* Why the migrator itself failed on the way. Zero-initialised it is empty and valid. */
struct baseline_failure {
    char *message; /* one line; NULL: it did not fail */
    char *detail;  /* what the server said, and the end of its log */
    char *lacks;   /* the extension that would have what it lacked; NULL: none is known */
    char *stands;  /* what the migrator says of where the database is then; NULL: nothing */
    char *file;    /* of the migration that failed, as the user knows it; NULL: not known */
    unsigned line; /* of the file, from 1; 0: not known */
    char sqlstate[6];
};

/*
 * The same of any template. False without an error, but with the failure, when the migrator failed
 * for a reason of its own: the migrations are bad.
 */
bool baseline_extend(const struct ground *ground, const struct baseline_request *request,
                     char **name, struct baseline_failure *failure, struct error *e);

/* What the migrator says of where the database at `url` stands; NULL if it says nothing. The caller
   frees it. */
char *baseline_current(const struct ground *ground, const char *url);

void baseline_failure_release(struct baseline_failure *failure);
