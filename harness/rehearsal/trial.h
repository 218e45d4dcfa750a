/*
 * Trying one interruption after the other: each on a database that is at the start, and each
 * judged by what the migrator has left there and by whether it can be run again.
 */
#pragma once
#include "ground/clone.h"
#include "ground/culprit.h"
#include "rehearsal/cut_plan.h"
#include "schema/database_state.h"

/* What all trials of one migration in one direction share; only read while they go on. */
struct trial_ground {
    const struct run *run;
    enum migrator_action action;
    const char *revision;
    const char *template;         /* the database that is at the start; nobody is in it */
    const char *purpose;          /* for the names of its clones */
    struct database_state before; /* of the start */
    struct database_state after;  /* of the end of a run that was not interrupted */
    struct ledger ledger;         /* of that run */
    double seconds;               /* that it took */
    bool atomic;      /* half a migration is damage, whatever a second run makes of it */
    const char *from; /* the revision at the start */
    const void *who;  /* takes turns at what the cluster's databases share */
};

/* Somebody who tries points, with a database of its own; not to be shared between threads. */
struct trial {
    const struct trial_ground *ground;
    size_t number;            /* from 1: whose database and folder it is */
    struct connection server; /* to make databases, and to terminate backends */
    struct connection inside; /* to the database */
    struct clone clone;       /* the database that there is at present, if any */
    bool untouched;           /* the last cut has left it without one new row version */
    char *folder;             /* of its relays' sockets */
};

enum trial_outcome {
    TRIAL_NOT_RUN = 0,
    TRIAL_WHOLE,   /* as before or as after, and can be run again */
    TRIAL_RESUMED, /* half migrated, and running it again led to the same end */
    TRIAL_MENDED,  /* the same, once its version table had been set right: stamp */
    TRIAL_DAMAGED, /* a finding: `message` */
    TRIAL_MISSED,  /* the migrator has not come to this point; what it left is as it should be */
};

struct trial_verdict {
    enum trial_outcome outcome;
    char *message; /* one line: what was left, or why it cannot be run again */
    char *remedy;  /* one line, or NULL: the usual one */
    char *detail;  /* the end of the migrator's log, where that tells why; or NULL */
    char *file;    /* of the migration that cannot be run again; or NULL */
    unsigned line; /* of the file, from 1; 0: not known */
    char *mark;    /* what the cut has left, as a tally: equal strings, equal states; or NULL */
};

bool trial_open(struct trial *t, const struct trial_ground *ground, size_t number, struct error *e);

/* Makes a database at the start, unless there is one that has been proven to be as new. */
bool trial_make_database(struct trial *t, struct error *e);

bool trial_drop_database(struct trial *t, struct error *e);

/*
 * Runs the migrator to its end, through a relay of which `ledger` is kept, or with NULL directly.
 * `culprit`, set when it starts, judges a failure.
 */
bool trial_run(struct trial *t, struct ledger *ledger, struct culprit *culprit,
               struct migrator_result *result, struct error *e);

/*
 * Tries one cut; false if that could not be done. Where nothing was written, the migrator is run
 * again only if the plan says so, or if it did not come to the point: a database as it was at the
 * start serves the next cut instead. The verdict is to be released.
 */
bool trial_cut(struct trial *t, const struct planned_cut *cut, struct trial_verdict *v,
               struct error *e);

/*
 * Runs two upgrades at once: the first one stands still before the statement while the second one
 * runs, to its end or until it waits for the first. Either may fail; what they leave has to be as
 * after one, if need be after one more run.
 */
bool trial_two(struct trial *t, size_t statement, struct trial_verdict *v, struct error *e);

void trial_verdict_release(struct trial_verdict *v);

/* Drops the database and closes everything. */
void trial_close(struct trial *t);

void trial_ground_release(struct trial_ground *g);
