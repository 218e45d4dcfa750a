/* The steps of a deployment and of its rollback, by the names that the journal has for them. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum deploy_step {
    DEPLOY_BACKUP,
    DEPLOY_STOP,
    DEPLOY_VERIFY_BASELINE,
    DEPLOY_PRE_VALIDATION,
    DEPLOY_UPGRADE,
    DEPLOY_VERIFY_TARGET,
    DEPLOY_POST_VALIDATION,
    DEPLOY_START,
    DEPLOY_PROBES,
    ROLLBACK_STOP, /* the rollback begins here */
    ROLLBACK_DOWNGRADE,
    ROLLBACK_VERIFY,
    ROLLBACK_VALIDATION,
    ROLLBACK_RESTORE,
    ROLLBACK_START,
    ROLLBACK_PROBES,
};
enum { DEPLOY_STEPS = ROLLBACK_PROBES + 1, DEPLOY_FORWARD = ROLLBACK_STOP };

enum deploy_outcome {
    DEPLOY_DONE,
    DEPLOY_FAILED,    /* for a reason of the migration's or the application's */
    DEPLOY_UNCHECKED, /* something that we need is not there, or we were interrupted */
    DEPLOY_ABANDONED, /* begun by a deploy that died; it has not happened, or happens again */
};

/* "backup", "verify-baseline", "rollback-stop", … */
const char *deploy_step_name(enum deploy_step step);

/* What it does, in a few words: "stop the services". */
const char *deploy_step_title(enum deploy_step step);

/* False if there is no such step. */
bool deploy_step_find(const char *name, enum deploy_step *step);

/* The nine steps in their order: the backup first, or second where it waits for the stop. */
enum deploy_step deploy_step_at(size_t place, bool backup_after_stop);

/* "done", "failed", "unchecked", "abandoned"; false if `name` is none. */
const char *deploy_outcome_name(enum deploy_outcome outcome);
bool deploy_outcome_find(const char *name, enum deploy_outcome *outcome);
