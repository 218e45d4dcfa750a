/* The way of a deployment: step by step forward, on after a crash, and what becomes of a failure.
 */
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "deployment/deploy_memory.h"
#include "deployment/deploy_record.h"
#include "deployment/deploy_state.h"
#include "production/backups/backup.h"

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
    if (facts)
        deploy_memory_write(facts, r);
    if (!facts)
        return error_set(e, ERROR_USAGE, "the database has a name that is not valid UTF-8");
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
    deploy_tell(d, "an earlier deploy did not finish '%s'", deploy_step_name(step));
    if (step != DEPLOY_UPGRADE && step != ROLLBACK_DOWNGRADE && step != ROLLBACK_RESTORE)
        return deploy_step_found(d, step, DEPLOY_ABANDONED, "interrupted; running it again", e);
    if (step == ROLLBACK_RESTORE)
        return rollback_settle_restore(d, e);
    enum deploy_world world;
    struct text why = {0};
    bool good = deploy_look(d, &world, &why, e);
    bool up = step == DEPLOY_UPGRADE;
    if (good && world == (up ? WORLD_TARGET : WORLD_BASELINE))
        good = deploy_step_found(d, step, DEPLOY_DONE,
                                 "the interrupted run had finished: nothing to repeat", e);
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
        else
            deploy_record_pass_over(d);
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
        deploy_record_had_failed(d, failed, reason);
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
    deploy_record_begin(d);
    if (d->request->rollback) {
        if (!settle(d, &e) || !settle_upgrade(d, &e))
            stop_where_it_is(d, result, &e);
        else
            deploy_roll_back(d, "requested", result);
    } else if (fresh && !open_deployment(d, &e)) {
        stop_where_it_is(d, result, &e);
    } else {
        go_on(d, result);
    }
    if (result->ending != DEPLOY_DEPLOYED && result->ending != DEPLOY_ROLLED_BACK)
        result->by_hand = deploy_by_hand(d, result->ending);
    deploy_record_end(d, result);
}
