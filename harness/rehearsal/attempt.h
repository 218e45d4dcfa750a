/* One run of the migrator within a scenario: how it ended, and whose fault a failure was. */
#pragma once
#include "ground/culprit.h"
#include "ground/server_words.h"
#include "migrator/migrator.h"
#include "rehearsal/kept_copy.h"

struct attempt {
    struct migrator_result result;
    struct error logged; /* the first error of the database that the server logged meanwhile */
    struct server_words words; /* of the error that the migrator repeats */
    bool well;                 /* it ended by itself, with success */
    char *log;                 /* the file that keeps its log; NULL: none does */
};

/*
 * Runs the migrator on the scenario's database, for at most ground_patience(), and keeps its log
 * under `log_name`. False, with the error set, when we could not try: it could not be run, we were
 * interrupted, or it failed for a reason that is not its own (the connection is gone, the disk is
 * full, …). Release in any case.
 */
bool attempt_make(struct rehearsal *r, enum migrator_action action, const char *revision,
                  const char *log_name, struct attempt *a, struct error *e);

/* The same on a copy of the database. */
bool attempt_make_on(struct rehearsal *r, struct kept_copy *copy, enum migrator_action action,
                     const char *revision, const char *log_name, struct attempt *a,
                     struct error *e);

/*
 * The two ends of it, for a caller that runs the migrator itself: the first before, the second,
 * with `a->result` set, after.
 */
void attempt_watch(struct rehearsal *r, struct culprit *culprit);
bool attempt_conclude(struct rehearsal *r, const char *log_name, const struct culprit *culprit,
                      struct attempt *a, struct error *e);

/* Leaves what the cluster's databases share, after a run on `database`; returns `ran`. */
bool attempt_end(struct rehearsal *r, const char *database, enum migrator_action action, bool ran,
                 const struct migrator_result *result, struct error *e);

/*
 * Why a run that ended well is a finding all the same: prepared transactions, which keep their
 * locks until somebody ends them; to be freed, NULL if there are none. As long as
 * there are any, do not read the database: reading would wait for them.
 */
char *attempt_left_prepared(struct rehearsal *r, char **remedy, struct error *e);

/* What the server said of it, then the last lines of its log, to show in a finding; the caller
   frees it. */
char *attempt_tail(const struct attempt *a);

/*
 * Concludes with a finding about the attempt, which failed, in these words. Members of `evidence`
 * that are NULL are taken from the attempt: its place in the migration, its ending, what the server
 * and the migrator said, the remedy.
 */
void attempt_finding(struct rehearsal *r, struct check *c, const struct attempt *a,
                     const struct evidence *evidence, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* How it ended and what was wrong, in a few words: "exited with status 1: …". To be freed. */
char *attempt_ending(const struct rehearsal *r, const struct attempt *a);

/* What was wrong, in a few words: the server's word on it, else the migrator's last. */
const char *attempt_complaint(const struct attempt *a);

/*
 * What to do about a failed attempt; to be freed. A timeout that is a setting of the database or of
 * a role is named: production has it too.
 */
char *attempt_remedy(const struct rehearsal *r, const struct attempt *a);

void attempt_release(struct attempt *a);
