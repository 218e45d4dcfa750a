/* expect_stopped: an upgrade that waits for somebody's lock is stopped when its time is over. */
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"
#include "migrator/migrator_log.h"
#include "rehearsal/fault.h"
#include "rehearsal/kept_log.h"
#include "rehearsal/lock_watch.h"

static const size_t tail_length = 30;          /* lines of the log that a finding shows */
static const double longest_limit = 60;        /* seconds; over it the limit is not doubled again */
static const double patience_with_others = 10; /* seconds, for the migrator's sessions to end */

static const char count_others[] =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
static const char end_others[] =
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'";

/* One upgrade with this much time. `*waited`: it was seen to wait for the lock. */
static bool run_limited(struct rehearsal *r, const char *to, double limit, bool *waited,
                        struct migrator_result *result, struct error *e)
{
    struct lock_watch watch;
    if (!lock_watch_begin(&watch, r->url, &fault_state(r)->holder, r->run->ground.cancel, e))
        return false;
    struct cluster *cluster = r->run->ground.cluster;
    bool ran = cluster_enter(cluster, r, r->database, e) &&
               migrator_run(&r->run->ground.migrator, MIGRATOR_UPGRADE, to, r->migrator_url, limit,
                            result, e);
    struct error ignored = {0};
    ran = cluster_leave(cluster, r, r->database, false, ran ? e : &ignored) && ran;
    *waited = lock_watch_end(&watch);
    if (ran)
        free(kept_log_write(r, "stopped-upgrade", result));
    return ran;
}

/* A migrator that is slow to start needs more time to come as far as the lock. */
static bool run_until_it_waits(struct rehearsal *r, const char *to, double limit, bool *waited,
                               struct migrator_result *result, struct error *e)
{
    for (;; limit *= 2) {
        if (!run_limited(r, to, limit, waited, result, e))
            return false;
        if (*waited || result->process.ending != PROCESS_TIMED_OUT || limit >= longest_limit)
            return true;
        migrator_result_release(result);
    }
}

/*
 * Lets go of the lock, and waits for the sessions of the migrator that was stopped: a backend
 * whose client is gone goes on as soon as it gets its lock, and only then finds out.
 */
static bool let_go(struct rehearsal *r, struct error *e)
{
    connection_close(&fault_state(r)->holder);
    double until = clock_seconds() + patience_with_others;
    for (;;) {
        char *count = connection_value(&r->connection, count_others, 0, NULL, e);
        bool gone = count && strcmp(count, "0") == 0;
        bool good = count != NULL;
        free(count);
        if (!good || gone)
            return good;
        if (clock_seconds() > until)
            return connection_run(&r->connection, end_others, e);
        nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
    }
}

static void judge(struct rehearsal *r, struct check *c, const char *fault, bool waited,
                  const struct migrator_result *result)
{
    const struct process_result *p = &result->process;
    char *ending = process_ending_text(p), *tail = migrator_tail(result, tail_length);
    struct evidence evidence = {.expected = "stopped while it waits for the lock",
                                .found = ending,
                                .detail = tail,
                                .remedy = "find out why it does not wait for the lock"};
    bool gave_up = p->ending == PROCESS_EXITED && p->status != 0 &&
                   migrator_log_complaint(result, "lock", true); /* NOWAIT, or a lock_timeout */
    if (process_succeeded(p)) {
        check_finding(r, c, &evidence, "the upgrade succeeded despite %s", fault);
        fault_state(r)->not_refused = memory_format("the upgrade was not stopped by %s", fault);
    } else if (!waited && !gave_up) {
        check_finding(r, c, &evidence, "the upgrade %s before it waited for the lock of %s: %s",
                      ending, fault, migrator_last_line(result));
    } else {
        check_pass(r, c);
    }
    free(tail);
    free(ending);
}

void expect_stopped(struct rehearsal *r, enum rehearsed_revision revision, const char *fault)
{
    fault = fault_name(r, fault);
    const struct suite_fault *f = fault_find(r, fault);
    const char *to = rehearsal_revision(r, revision);
    double limit = f->time_limit > 0 ? f->time_limit : r->run->ground.time_limit;
    char *requirements = fault_requirements(f);
    step_begin(r, "expect the upgrade to %s to be stopped at its time limit", to);
    struct check *stopped = step_check(r, "stopped", requirements,
                                       "the upgrade waits because of %s, and is stopped", fault);
    struct check *gone =
        step_check(r, "sessions-ended", NULL, "the sessions of the stopped upgrade have ended");
    free(requirements);
    if (!step_runs(r))
        return;
    struct migrator_result result = {0};
    struct error e = {0};
    bool waited = false;
    bool holds = fault_state(r)->holder.pg != NULL;
    if (!holds)
        error_set(&e, ERROR_USAGE, "fault %s holds nothing; expected a hold in its plant", fault);
    if (holds && run_until_it_waits(r, to, limit, &waited, &result, &e))
        judge(r, stopped, fault, waited, &result);
    else
        check_error(r, stopped, &e);
    step_measure_as(r, MEASURE_STOPPED_AFTER, result.process.seconds, limit);
    migrator_result_release(&result);
    if (step_runs(r) && let_go(r, &e))
        check_pass(r, gone);
    else if (step_runs(r))
        check_error(r, gone, &e);
}
