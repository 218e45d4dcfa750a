#include "deployment/deploy_step.h"

#include <string.h>

static const struct {
    const char *name, *title;
} steps[DEPLOY_STEPS] = {
    [DEPLOY_BACKUP] = {"backup", "take a backup and read it back"},
    [DEPLOY_STOP] = {"stop", "stop the services"},
    [DEPLOY_VERIFY_BASELINE] = {"verify-baseline", "verify that the database is at the baseline"},
    [DEPLOY_PRE_VALIDATION] = {"pre-validation", "validate before the migration"},
    [DEPLOY_UPGRADE] = {"upgrade", "run the migration"},
    [DEPLOY_VERIFY_TARGET] = {"verify-target", "verify that the database is at the target"},
    [DEPLOY_POST_VALIDATION] = {"post-validation", "validate schema and rows after the migration"},
    [DEPLOY_START] = {"start", "start the services"},
    [DEPLOY_PROBES] = {"probes", "probe the application and watch its logs"},
    [ROLLBACK_STOP] = {"rollback-stop", "stop the services"},
    [ROLLBACK_DOWNGRADE] = {"downgrade", "undo the migration"},
    [ROLLBACK_VERIFY] = {"rollback-verify", "verify that the database is as it was"},
    [ROLLBACK_VALIDATION] = {"rollback-validation", "validate after the rollback"},
    [ROLLBACK_RESTORE] = {"restore-rows", "restore the rows of the dropped tables"},
    [ROLLBACK_START] = {"rollback-start", "start the services"},
    [ROLLBACK_PROBES] = {"rollback-probes", "probe the application"},
};

static const char *const outcomes[] = {"done", "failed", "unchecked", "abandoned"};
enum { OUTCOMES = sizeof outcomes / sizeof *outcomes };

const char *deploy_step_name(enum deploy_step step)
{
    return steps[step].name;
}

const char *deploy_step_title(enum deploy_step step)
{
    return steps[step].title;
}

bool deploy_step_find(const char *name, enum deploy_step *step)
{
    for (int i = 0; i < DEPLOY_STEPS; i++)
        if (strcmp(steps[i].name, name) == 0) {
            *step = (enum deploy_step)i;
            return true;
        }
    return false;
}

enum deploy_step deploy_step_at(size_t place, bool backup_after_stop)
{
    if (backup_after_stop && place < 2)
        return place == 0 ? DEPLOY_STOP : DEPLOY_BACKUP;
    return (enum deploy_step)place;
}

const char *deploy_outcome_name(enum deploy_outcome outcome)
{
    return outcomes[outcome];
}

bool deploy_outcome_find(const char *name, enum deploy_outcome *outcome)
{
    for (int i = 0; i < OUTCOMES; i++)
        if (strcmp(outcomes[i], name) == 0) {
            *outcome = (enum deploy_outcome)i;
            return true;
        }
    return false;
}
