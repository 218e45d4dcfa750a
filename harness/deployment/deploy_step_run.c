/* One step of the way forward or back: begun and ended in the journal and in the record. */
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "deployment/application_log.h"
#include "deployment/deploy_record.h"
#include "deployment/deploy_state.h"

static enum deploy_outcome rollback_stop(struct deploy *d, struct deploy_report *report)
{
    return deploy_stop(d, report);
}

static enum deploy_outcome rollback_start(struct deploy *d, struct deploy_report *report)
{
    return deploy_start(d, report);
}

static deploy_work_fn *const works[DEPLOY_STEPS] = {
    [DEPLOY_BACKUP] = deploy_backup,
    [DEPLOY_STOP] = deploy_stop,
    [DEPLOY_VERIFY_BASELINE] = deploy_verify_baseline,
    [DEPLOY_PRE_VALIDATION] = deploy_pre_validation,
    [DEPLOY_UPGRADE] = deploy_upgrade,
    [DEPLOY_VERIFY_TARGET] = deploy_verify_target,
    [DEPLOY_POST_VALIDATION] = deploy_post_validation,
    [DEPLOY_START] = deploy_start,
    [DEPLOY_PROBES] = deploy_probes,
    [ROLLBACK_STOP] = rollback_stop,
    [ROLLBACK_DOWNGRADE] = rollback_downgrade,
    [ROLLBACK_VERIFY] = rollback_verify,
    [ROLLBACK_VALIDATION] = rollback_validation,
    [ROLLBACK_RESTORE] = rollback_restore,
    [ROLLBACK_START] = rollback_start,
    [ROLLBACK_PROBES] = rollback_probes,
};

/* A name that is not there yet: an earlier try may have left one that is not whole. */
static char *new_backup_path(const struct deploy *d)
{
    const char *folder = d->request->deployment->backup_folder;
    const char *id = journal_fact(&d->journal, "deployment");
    for (unsigned number = 1;; number++) {
        char suffix[16] = "";
        if (number > 1)
            snprintf(suffix, sizeof suffix, "-%u", number);
        char *path =
            memory_format("%s%s%s/%s-%s%s.dump", folder[0] == '/' ? "" : d->request->output,
                          folder[0] == '/' ? "" : "/", folder, d->name, id, suffix);
        if (access(path, F_OK) != 0)
            return path;
        free(path);
    }
}

/* What whoever comes after a crash has to know of the step; NULL: nothing. False: an error. */
static bool facts_of(struct deploy *d, enum deploy_step step, json_t **facts, struct error *e)
{
    *facts = NULL;
    if (step == DEPLOY_BACKUP) {
        char *path = new_backup_path(d);
        *facts = json_pack("{s:s}", "path", path);
        free(path);
        return *facts || error_set(e, ERROR_USAGE, "the backup's path is not valid UTF-8");
    }
    /* what the logs got while the database was away is not held against the application */
    bool anew = step == DEPLOY_PROBES &&
                json_is_true(json_object_get(d->journal.steps[step].ended_facts, "away"));
    if (step == DEPLOY_START || anew) {
        char now[24];
        json_t *marks = application_log_mark(d->request->deployment, d->request->variables, e);
        clock_date(now, sizeof now);
        *facts = marks ? json_pack("{s:s, s:o}", "started", now, "logs", marks) : NULL;
        return *facts != NULL;
    }
    return true;
}

/* In a rehearsal a step may be said to fail although it did its work. */
static enum deploy_outcome as_rehearsed(struct deploy *d, enum deploy_step step,
                                        enum deploy_outcome outcome, struct deploy_report *report)
{
    const struct deploy_failure *f = d->request->failure;
    if (!f || f->step != step || outcome != DEPLOY_DONE)
        return outcome;
    text_clear(&report->message);
    if (f->outcome == DEPLOY_FAILED)
        return deploy_fails(report, "a rehearsed failure");
    error_set(&report->error, ERROR_UNAVAILABLE, "a rehearsed failure");
    return f->outcome;
}

enum deploy_outcome deploy_step_run(struct deploy *d, enum deploy_step step, struct text *told)
{
    struct deploy_report report = {0};
    enum deploy_outcome outcome = DEPLOY_UNCHECKED;
    json_t *facts;
    bool in_time = !cancel_is_raised(d->request->stop) ||
                   error_set(&report.error, ERROR_INTERRUPTED, "interrupted before %s",
                             deploy_step_name(step));
    if (in_time)
        deploy_record_step(d, step);
    if (in_time && facts_of(d, step, &facts, &report.error) &&
        journal_begin_step(&d->journal, step, facts, &report.error)) {
        outcome = as_rehearsed(d, step, works[step](d, &report), &report);
        const char *said =
            outcome == DEPLOY_UNCHECKED ? report.error.message : text_string(&report.message);
        char *hidden = secrets_hide(&d->secrets, said);
        json_t *found = report.database_away ? json_pack("{s:b}", "away", 1) : NULL;
        if (!journal_end_step(&d->journal, step, outcome, hidden, found, &report.error))
            outcome = DEPLOY_UNCHECKED;
        free(hidden);
    }
    const char *said =
        outcome == DEPLOY_UNCHECKED ? report.error.message : text_string(&report.message);
    char *hidden = secrets_hide(&d->secrets, said);
    if (in_time && outcome == DEPLOY_FAILED && report.file)
        deploy_record_place(d, report.file, report.line);
    if (in_time)
        deploy_record_conclude(d, outcome, hidden, report.error.sqlstate);
    if (told && outcome != DEPLOY_DONE)
        text_append(told, hidden);
    free(hidden);
    text_release(&report.message);
    free(report.file);
    return outcome;
}

bool deploy_step_found(struct deploy *d, enum deploy_step step, enum deploy_outcome outcome,
                       const char *message, struct error *e)
{
    deploy_tell(d, "%s: %s", deploy_step_name(step), message);
    return journal_end_step(&d->journal, step, outcome, message, NULL, e);
}
