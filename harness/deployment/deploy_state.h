/* What the parts of a deployment share with each other, and with nobody else. */
#pragma once
#include "deployment/deploy.h"
#include "deployment/deploy_report.h"
#include "deployment/service.h"

/* A step's work. */
typedef enum deploy_outcome deploy_work_fn(struct deploy *d, struct deploy_report *report);

deploy_work_fn deploy_backup, deploy_stop, deploy_verify_baseline, deploy_pre_validation,
    deploy_upgrade, deploy_verify_target, deploy_post_validation, deploy_start, deploy_probes;
deploy_work_fn rollback_downgrade, rollback_verify, rollback_validation, rollback_restore,
    rollback_probes;

/*
 * Begins, runs and ends one step, in the journal and in the record. With a `text` the message
 * of a failure, or the error, goes there.
 */
enum deploy_outcome deploy_step_run(struct deploy *d, enum deploy_step step, struct text *told);

/* The same for a step whose doing was found: it is only told. */
bool deploy_step_found(struct deploy *d, enum deploy_step step, enum deploy_outcome outcome,
                       const char *message, struct error *e);

void deploy_tell(struct deploy *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct service deploy_service(const struct deploy *d, bool in_any_case);

/* What marks the processes of this deployment, so that whoever comes after a crash finds them. */
const char *deploy_mark(struct deploy *d);

/* The connection, opened again with its lock where it was lost. */
bool deploy_connect(struct deploy *d, struct error *e);

/* Runs the migrator and keeps its log. `read_only`: it cannot write. */
bool deploy_migrator_run(struct deploy *d, enum migrator_action action, const char *revision,
                         bool read_only, struct migrator_result *result, struct error *e);

/* Whether the migrator says that the database is at the revision. `*said` (to be freed) is what
 * it says. */
bool deploy_is_at(struct deploy *d, const char *revision, bool *is, char **said, struct error *e);

/* The state of before the migration, from memory or from its file. */
bool deploy_know_before(struct deploy *d, struct error *e);

/* Where the database is found to be. */
enum deploy_world {
    WORLD_BASELINE, /* at the baseline, its schema as it was */
    WORLD_TARGET,   /* at the target */
    WORLD_HALF,     /* at the baseline, and its schema is another one */
    WORLD_ELSEWHERE /* at another revision */
};

/* Looks, once no session of a migrator that died can change anything any more. `why` gets what was
 * found other than it should be. */
bool deploy_look(struct deploy *d, enum deploy_world *world, struct text *why, struct error *e);

/* Runs the named validations; `tell_rows`: they are told how many rows there were. */
enum deploy_outcome deploy_validate(struct deploy *d, const char *validations, bool tell_rows,
                                    struct deploy_report *report);

/* Whether the upgrade was begun, and not found to have left nothing. */
bool deploy_was_touched(const struct deploy *d);

/* Rolls back, or goes on with it. */
void deploy_roll_back(struct deploy *d, const char *reason, struct deploy_result *result);

/* After a crash in the restoring of rows: it is done, or to be done again. */
bool rollback_settle_restore(struct deploy *d, struct error *e);

/* A step of the way forward that has failed: that is rolled back, also after a crash. */
bool deploy_has_failed(const struct deploy *d, enum deploy_step *step);

/* Lines: where the journal says that it stands; and with that, how to go on. */
void deploy_add_position(const struct deploy *d, struct text *t);
void deploy_add_way_on(const struct deploy *d, struct text *t);

/* What to do by hand, as lines, to be freed. */
char *deploy_by_hand(struct deploy *d, enum deploy_ending ending);

/* The backup's path, "" if none was begun. */
const char *deploy_backup_path(const struct deploy *d);
