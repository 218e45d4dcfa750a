/* What a deployment has the migrator do, and how it finds out what came of it. */
#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "deployment/deploy_state.h"
#include "deployment/lock_report.h"
#include "ground/culprit.h"
#include "migrator/migrator_log.h"

/* How drivers tell 55P03, lock_not_available (PostgreSQL manual, appendix A). */
static const char lock_words[] =
    "55P03|LockNotAvailable|lock_not_available|due to lock timeout|could not obtain lock";

static const useconds_t between_looks = 200000; /* microseconds */

/* Backends of a migrator that died, and whoever else is in the middle of a change. */
static const char busy_sessions[] =
    "SELECT coalesce(string_agg(format('process %s of %s, %s', pid, coalesce(usename, '?'), "
    "coalesce(state, '?')), '; '), '') FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND (application_name = $1 "
    "OR backend_xid IS NOT NULL OR (state = 'active' AND wait_event_type = 'Lock'))";

static void save_log(struct deploy *d, const char *what, const struct migrator_result *result)
{
    char *folder = memory_format("%s/logs", d->request->output);
    char *path = memory_format("%s/%s-%s-%u-%s.log", folder, d->name,
                               journal_fact(&d->journal, "deployment"), ++d->commands, what);
    mkdir(folder, 0700);
    if (!migrator_log_save(path, result))
        deploy_tell(d, "the migrator's log cannot be written to %s: %s", path, strerror(errno));
    free(path);
    free(folder);
}

bool deploy_migrator_run(struct deploy *d, enum migrator_action action, const char *revision,
                         bool read_only, struct migrator_result *result, struct error *e)
{
    static const char *const names[] = {"upgrade", "downgrade", "current", "history"};
    const char *const variables[] = {d->application, read_only ? NULL : d->options, NULL};
    struct migrator m = *d->request->migrator;
    m.variables = variables;
    m.mark = (char *)deploy_mark(d);
    m.read_only = read_only;
    m.cancel = read_only ? d->request->stop : d->request->abort;
    bool ran =
        migrator_run(&m, action, revision, read_only ? d->request->migrator_url : d->migrator_url,
                     d->request->time_limit, result, e);
    save_log(d, names[action], result);
    return ran;
}

/* What its command 'current' says; to be released in any case. */
static bool ask_current(struct deploy *d, struct migrator_result *result, struct error *e)
{
    if (!deploy_migrator_run(d, MIGRATOR_CURRENT, NULL, true, result, e))
        return false;
    if (process_succeeded(&result->process))
        return true;
    char *ending = process_ending_text(&result->process);
    error_set(e, ERROR_UNAVAILABLE, "the migrator's command 'current' %s: %s", ending,
              migrator_last_line(result));
    free(ending);
    return false;
}

bool deploy_is_at(struct deploy *d, const char *revision, bool *is, char **said, struct error *e)
{
    struct migrator_result result;
    *said = NULL;
    bool good = ask_current(d, &result, e);
    if (good) {
        *is = migrator_names_revision(&result, revision);
        *said = text_one_line(text_string(&result.process.output));
    }
    migrator_result_release(&result);
    return good;
}

bool deploy_know_before(struct deploy *d, struct error *e)
{
    if (!d->before_known)
        d->before_known = before_state_read(&d->before, d->before_path, e);
    return d->before_known;
}

static bool wait_for_sessions(struct deploy *d, struct error *e)
{
    const char *const values[] = {strchr(d->application, '=') + 1};
    double deadline = clock_seconds() + d->request->deployment->session_limit;
    for (bool told = false;; told = true) {
        char *who = connection_value(&d->connection, busy_sessions, 1, values, e);
        if (!who)
            return false;
        bool none = !*who;
        if (!none && !told)
            deploy_tell(d, "waiting until these sessions have ended: %s", who);
        if (!none && clock_seconds() > deadline)
            error_set(e, ERROR_UNAVAILABLE,
                      "sessions that may still change the database do not end: %s; wait, or end "
                      "them with SELECT pg_terminate_backend(PID), and start again",
                      who);
        free(who);
        if (none || e->kind != ERROR_NONE)
            return none;
        usleep(between_looks);
    }
}

bool deploy_look(struct deploy *d, enum deploy_world *world, struct text *why, struct error *e)
{
    const struct suite *suite = d->request->suite;
    struct migrator_result current = {0};
    bool good = deploy_connect(d, e) && wait_for_sessions(d, e) && ask_current(d, &current, e);
    bool at_baseline = good && migrator_names_revision(&current, suite->baseline);
    bool at_target = good && !at_baseline && migrator_names_revision(&current, suite->target);
    if (good && at_baseline) {
        good = deploy_know_before(d, e) &&
               before_state_compare_schema(&d->before, &d->connection, suite, false, why, e);
        *world = why->length ? WORLD_HALF : WORLD_BASELINE;
    } else if (good) {
        *world = at_target ? WORLD_TARGET : WORLD_ELSEWHERE;
        char *said = text_one_line(text_string(&current.process.output));
        text_append_format(why, "the migrator reports revision '%s'", said);
        free(said);
    }
    migrator_result_release(&current);
    return good;
}

/* Another thread's: it only tells, and leaves the journal to the one who runs the migrator. */
static void tell_blocker(void *context, const char *who)
{
    deploy_tell(context, "the migrator waits for a lock of %s", who);
}

enum deploy_try { TRY_WELL, TRY_LOCKED, TRY_FAILED, TRY_UNCHECKED };

/* Why it failed: for a lock, for a reason of the server's, or for its own. */
static enum deploy_try judge(struct deploy *d, const struct migrator_result *result,
                             struct deploy_report *report)
{
    if (process_succeeded(&result->process))
        return TRY_WELL;
    if (result->process.ending == PROCESS_EXITED && migrator_log_find(result, lock_words))
        return TRY_LOCKED;
    const struct ground ground = {.suite = d->request->suite, .cancel = d->request->stop};
    struct error logged = {0};
    struct culprit culprit;
    culprit_watch(&culprit, &ground, NULL, d->database, d->request->url);
    if (!deploy_connect(d, &report->error) ||
        !culprit_is_migrator(&culprit, result, &logged, &report->error))
        return TRY_UNCHECKED;
    char *ending = process_ending_text(&result->process);
    const char *said = migrator_log_complaint(result, ".", false);
    deploy_fails(report, "the migrator %s: %s", ending, said ? said : migrator_last_line(result));
    free(ending);
    free(report->file);
    culprit_place(&culprit, d->request->migrator, result, &report->file, &report->line);
    return TRY_FAILED;
}

static enum deploy_try try_once(struct deploy *d, enum migrator_action action, const char *revision,
                                char **blockers, struct deploy_report *report)
{
    struct lock_report locks = {0};
    struct migrator_result result;
    struct error unwatched = {0};
    if (!lock_report_begin(&locks, d->request->url, strchr(d->application, '=') + 1, tell_blocker,
                           d, &unwatched))
        deploy_tell(d, "lock holders cannot be watched: %s", unwatched.message);
    bool ran = deploy_migrator_run(d, action, revision, false, &result, &report->error);
    *blockers = lock_report_end(&locks);
    enum deploy_try outcome = ran ? judge(d, &result, report) : TRY_UNCHECKED;
    if (outcome == TRY_WELL && result.process.seconds > d->request->suite->time_limit)
        text_append_format(&report->message, "it took %.0f s, more than the suite's limit of %g s",
                           result.process.seconds, d->request->suite->time_limit);
    else if (outcome == TRY_WELL)
        text_append_format(&report->message, "%.2f s", result.process.seconds);
    migrator_result_release(&result);
    return outcome;
}

static bool pause_for(const struct deploy *d, double seconds)
{
    struct pollfd fd = {.fd = d->request->stop ? d->request->stop->fd : -1, .events = POLLIN};
    poll(&fd, 1, (int)(seconds * 1000));
    return !cancel_is_raised(d->request->stop);
}

/* After a failure for a lock: may it be tried again? Only if nothing has been changed. */
static enum deploy_outcome may_retry(struct deploy *d, enum migrator_action action,
                                     struct deploy_report *report)
{
    enum deploy_world world;
    struct text why = {0};
    enum deploy_outcome outcome = DEPLOY_DONE;
    if (!deploy_look(d, &world, &why, &report->error))
        outcome = DEPLOY_UNCHECKED;
    else if (world != (action == MIGRATOR_UPGRADE ? WORLD_BASELINE : WORLD_TARGET))
        outcome = deploy_fails(
            report, "the migrator gave up waiting for a lock, but has changed the database: %s",
            text_string(&why));
    text_release(&why);
    return outcome;
}

static enum deploy_outcome migrate(struct deploy *d, enum deploy_step step,
                                   enum migrator_action action, const char *revision,
                                   struct deploy_report *report)
{
    const struct deployment *runbook = d->request->deployment;
    double pause = runbook->lock_pause;
    for (unsigned tries = 1;; tries++) {
        char *blockers = NULL;
        enum deploy_try outcome = try_once(d, action, revision, &blockers, report);
        bool gives_up = tries > runbook->lock_retries;
        char *note = outcome != TRY_LOCKED
                         ? NULL
                         : memory_format("try %u gave up waiting for a lock; blocked by: %s", tries,
                                         blockers ? blockers : "no session was seen");
        free(blockers);
        if (note) {
            char *kept = secrets_hide(&d->secrets, note);
            char *brief =
                memory_format("try %u gave up waiting for a lock", tries); /* no queries */
            deploy_tell(d, "%s", kept);
            bool noted = journal_note(&d->journal, step, brief, &report->error);
            free(kept);
            if (gives_up) /* this goes to the journal too */
                deploy_fails(report,
                             "%s, the last, with a lock_timeout of %g s; the sessions that blocked "
                             "it are listed above",
                             brief, runbook->lock_timeout);
            free(brief);
            free(note);
            if (!noted)
                return DEPLOY_UNCHECKED;
        }
        if (outcome != TRY_LOCKED)
            return outcome == TRY_WELL     ? DEPLOY_DONE
                   : outcome == TRY_FAILED ? DEPLOY_FAILED
                                           : DEPLOY_UNCHECKED;
        if (gives_up)
            return DEPLOY_FAILED;
        enum deploy_outcome may = may_retry(d, action, report);
        if (may != DEPLOY_DONE)
            return may;
        if (!pause_for(d, pause)) {
            error_set(&report->error, ERROR_INTERRUPTED, "interrupted");
            return DEPLOY_UNCHECKED;
        }
        pause = 2 * pause < runbook->lock_pause_most ? 2 * pause : runbook->lock_pause_most;
    }
}

enum deploy_outcome deploy_upgrade(struct deploy *d, struct deploy_report *report)
{
    return migrate(d, DEPLOY_UPGRADE, MIGRATOR_UPGRADE, d->request->suite->target, report);
}

enum deploy_outcome rollback_downgrade(struct deploy *d, struct deploy_report *report)
{
    return migrate(d, ROLLBACK_DOWNGRADE, MIGRATOR_DOWNGRADE, d->request->suite->baseline, report);
}
