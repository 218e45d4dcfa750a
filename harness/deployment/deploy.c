/* The way of a deployment: step by step forward, on after a crash, and what becomes of a failure.
 */
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "deployment/application_log.h"
#include "deployment/deploy_state.h"
#include "production/backups/backup.h"

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
        return *facts || error_set(e, ERROR_USAGE, "the backup's path is no UTF-8");
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

static void announce_end(struct deploy *d, enum deploy_step step, enum deploy_outcome outcome,
                         double seconds, const char *message)
{
    const struct deploy_observer *o = &d->request->observer;
    if (o->step_ends)
        o->step_ends(o->context, step, outcome, seconds, message);
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
    const struct deploy_observer *o = &d->request->observer;
    json_t *facts;
    bool in_time = !cancel_is_raised(d->request->stop) ||
                   error_set(&report.error, ERROR_INTERRUPTED, "interrupted before %s",
                             deploy_step_name(step));
    if (in_time && o->step_begins)
        o->step_begins(o->context, step);
    double started = clock_seconds();
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
    if (in_time)
        announce_end(d, step, outcome, clock_seconds() - started, hidden);
    if (told && outcome != DEPLOY_DONE)
        text_append(told, hidden);
    free(hidden);
    text_release(&report.message);
    return outcome;
}

bool deploy_step_found(struct deploy *d, enum deploy_step step, enum deploy_outcome outcome,
                       const char *message, struct error *e)
{
    deploy_tell(d, "%s: %s", deploy_step_name(step), message);
    return journal_end_step(&d->journal, step, outcome, message, NULL, e);
}

/* An identifier of the deployment that sorts by its time: "20251011T093000Z-1234". */
static bool open_deployment(struct deploy *d, struct error *e)
{
    const struct deploy_request *r = d->request;
    char id[48], date[24];
    clock_date(date, sizeof date);
    size_t length = 0;
    for (const char *p = date; *p; p++)
        if (*p != '-' && *p != ':')
            id[length++] = *p;
    snprintf(id + length, sizeof id - length, "-%d", (int)getpid());
    json_t *facts = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "deployment", id, "database", d->database,
        "cluster", d->cluster, "suite", r->suite->name, "baseline", r->suite->baseline, "target",
        r->suite->target, "migrator", r->migrator->definition->name, "certificate",
        r->certificate ? r->certificate : "", "version", PGREHEARSE_VERSION);
    if (!facts)
        return error_set(e, ERROR_USAGE, "the database has a name that is no UTF-8");
    return journal_begin_deployment(&d->journal, facts, e);
}

/* Nothing was written since this backup, and it is whole. */
static bool backup_serves(struct deploy *d, struct error *e)
{
    const struct service s = deploy_service(d, false);
    const struct backup_options options = {.cancel = d->request->stop, .mark = deploy_mark(d)};
    enum service_state state;
    struct error damaged = {0};
    if (!journal_is_done(&d->journal, DEPLOY_BACKUP) || !journal_is_done(&d->journal, DEPLOY_STOP))
        return false;
    if (!service_look(&s, &state, e) || state != SERVICE_DOWN)
        return false;
    return backup_check(deploy_backup_path(d), &options, &damaged);
}

/*
 * A step that was begun and not ended: what it did, the world tells. Before the upgrade everything
 * is simply done again, since it only reads; the services' commands look before they act.
 */
static bool settle(struct deploy *d, struct error *e)
{
    enum deploy_step step;
    if (!journal_open_step(&d->journal, &step))
        return true;
    deploy_tell(d, "an earlier deploy did not come to the end of '%s'", deploy_step_name(step));
    if (step != DEPLOY_UPGRADE && step != ROLLBACK_DOWNGRADE && step != ROLLBACK_RESTORE)
        return deploy_step_found(d, step, DEPLOY_ABANDONED, "cut short; it is done again", e);
    if (step == ROLLBACK_RESTORE)
        return rollback_settle_restore(d, e);
    enum deploy_world world;
    struct text why = {0};
    bool good = deploy_look(d, &world, &why, e);
    bool up = step == DEPLOY_UPGRADE;
    if (good && world == (up ? WORLD_TARGET : WORLD_BASELINE))
        good = deploy_step_found(d, step, DEPLOY_DONE,
                                 "the interrupted run had come to its end: nothing to repeat", e);
    else if (good && world == (up ? WORLD_BASELINE : WORLD_TARGET))
        good = deploy_step_found(d, step, DEPLOY_ABANDONED,
                                 "the interrupted run left no changes; running it again", e);
    else if (good)
        good = deploy_step_found(d, step, DEPLOY_FAILED, text_string(&why), e);
    text_release(&why);
    return good;
}

/* After an upgrade that could not be checked: has it happened? */
static bool settle_upgrade(struct deploy *d, struct error *e)
{
    const struct journal_step *s = &d->journal.steps[DEPLOY_UPGRADE];
    if (!s->ended || s->outcome != DEPLOY_UNCHECKED)
        return true;
    return journal_begin_step(&d->journal, DEPLOY_UPGRADE, NULL, e) && settle(d, e);
}

/* Nothing has been changed: the services go up again, and that is all. */
static void back_out(struct deploy *d, struct deploy_result *result)
{
    struct error e = {0};
    result->ending = DEPLOY_BACKED_OUT;
    result->services_up = true;
    if (journal_was_begun(&d->journal, DEPLOY_STOP)) {
        const struct service s = deploy_service(d, true);
        char *complaint = NULL;
        result->services_up = service_start(&s, &complaint, &e) && !complaint;
        deploy_tell(d,
                    result->services_up ? "the services are up again"
                                        : "the services cannot be started: %s",
                    complaint ? complaint : e.message);
        free(complaint);
    }
    error_clear(&e);
    if (!journal_finish(&d->journal, "backed-out", &e))
        deploy_tell(d, "%s", e.message);
}

static void stop_where_it_is(struct deploy *d, struct deploy_result *result, const struct error *e)
{
    if (!result->message)
        result->message = secrets_hide(&d->secrets, e->message);
    result->ending = DEPLOY_UNFINISHED;
}

/* The step did not end well. */
static void handle(struct deploy *d, enum deploy_step step, enum deploy_outcome outcome,
                   const char *told, struct deploy_result *result)
{
    struct error e = {0};
    result->message = memory_format("%s: %s", deploy_step_name(step), told);
    if (outcome == DEPLOY_FAILED) {
        deploy_roll_back(d, result->message, result);
        return;
    }
    if (step == DEPLOY_UPGRADE && !cancel_is_raised(d->request->stop) && !settle_upgrade(d, &e))
        deploy_tell(d, "%s", e.message);
    if (deploy_was_touched(d))
        result->ending = DEPLOY_UNFINISHED;
    else
        back_out(d, result);
}

/* True if the step is to be run: it is not done, or has to be done again. */
static bool is_due(struct deploy *d, enum deploy_step step, bool keeps_backup)
{
    if (step == DEPLOY_BACKUP)
        return !keeps_backup;
    if (step < DEPLOY_UPGRADE)
        return !journal_is_done(&d->journal, DEPLOY_UPGRADE);
    if (step == DEPLOY_START && journal_is_done(&d->journal, step)) {
        const struct service s = deploy_service(d, false);
        enum service_state state;
        struct error ignored = {0};
        return service_look(&s, &state, &ignored) && state == SERVICE_DOWN;
    }
    return step == DEPLOY_PROBES || !journal_is_done(&d->journal, step);
}

static void forward(struct deploy *d, struct deploy_result *result)
{
    struct error e = {0};
    const struct deploy_request *r = d->request;
    bool happened = journal_is_done(&d->journal, DEPLOY_UPGRADE);
    bool keeps_backup = happened || backup_serves(d, &e);
    if (keeps_backup && !happened)
        deploy_tell(d, "backup intact, services down since it was taken; using it");
    for (size_t place = 0; place < DEPLOY_FORWARD; place++) {
        enum deploy_step step = deploy_step_at(place, r->deployment->backup_after_stop);
        struct text told = {0};
        enum deploy_outcome outcome = DEPLOY_DONE;
        if (is_due(d, step, keeps_backup))
            outcome = deploy_step_run(d, step, &told);
        if (outcome != DEPLOY_DONE)
            handle(d, step, outcome, text_string(&told), result);
        text_release(&told);
        if (outcome != DEPLOY_DONE)
            return;
        if (r->until && *r->until == step && step != DEPLOY_PROBES) {
            result->ending = DEPLOY_STOPPED;
            return;
        }
    }
    result->services_up = true;
    result->ending = DEPLOY_DEPLOYED;
    if (!journal_finish(&d->journal, "deployed", &e))
        stop_where_it_is(d, result, &e);
}

static void go_on(struct deploy *d, struct deploy_result *result)
{
    struct error e = {0};
    enum deploy_step failed;
    if (!settle(d, &e) || !settle_upgrade(d, &e)) {
        stop_where_it_is(d, result, &e);
    } else if (d->journal.rolling_back) {
        deploy_roll_back(d, d->journal.reason, result);
    } else if (deploy_has_failed(d, &failed)) {
        char *reason = memory_format("%s had failed", deploy_step_name(failed));
        result->message = memory_copy_of(reason);
        deploy_roll_back(d, reason, result);
        free(reason);
    } else {
        forward(d, result);
    }
}

void deploy_run(struct deploy *d, struct deploy_result *result)
{
    struct error e = {0};
    bool fresh = deploy_stage(d) == DEPLOY_FRESH;
    *result = (struct deploy_result){0};
    if (d->request->rollback) {
        if (!settle(d, &e) || !settle_upgrade(d, &e))
            stop_where_it_is(d, result, &e);
        else
            deploy_roll_back(d, "asked for", result);
    } else if (fresh && !open_deployment(d, &e)) {
        stop_where_it_is(d, result, &e);
    } else {
        go_on(d, result);
    }
    if (result->ending != DEPLOY_DEPLOYED && result->ending != DEPLOY_ROLLED_BACK)
        result->by_hand = deploy_by_hand(d, result->ending);
}
