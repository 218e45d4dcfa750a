/* measure_stall: how long others are kept waiting by the upgrade. */
#include "base/memory.h"
#include "migrator/migrator_log.h"
#include "rehearsal/costs/long_transaction.h"
#include "rehearsal/costs/measured_upgrade.h"
#include "rehearsal/costs/probes.h"
#include "rehearsal/fixture_store.h"

/* The long transaction goes on for so long after the migrator and the probes wait for it. */
static const double hold = 0.5; /* seconds */

static const char lock_not_available[] = "55P03"; /* what a lock_timeout raises */

/* A migration that does not wait for long in front of others is as good, if it can be run again. */
static bool gave_up(const struct cost_record *c, const struct attempt *a)
{
    for (size_t i = 0; i < c->statement_count; i++)
        if (strcmp(c->statements[i].sqlstate, lock_not_available) == 0)
            return true;
    return a->result.process.ending == PROCESS_EXITED && c->statement_count == 0 &&
           migrator_log_complaint(&a->result, "lock.?timeout|lock not available", true);
}

/*
 * The longest that somebody was kept waiting since the migrator began to wait. The long transaction
 * itself is in nobody's way but the migrator's. The sampler sees a wait some milliseconds after it
 * began: a query that came within these is behind the migrator, too.
 */
static double others_behind(const struct cost_record *c, const struct lock_cost *waiting)
{
    double from = waiting->held > 0 ? waiting->taken - waiting->waited : waiting->taken;
    double longest = 0;
    for (size_t i = 0; i < c->stall_count; i++)
        for (size_t j = 0; j < c->stalls[i].point_count; j++) {
            const struct stall_point *p = &c->stalls[i].points[j];
            double answered = p->at + p->seconds;
            double behind = answered - (p->at > from ? p->at : from);
            if (p->at < from + waiting->waited && behind > longest)
                longest = behind;
        }
    return longest;
}

static const struct lock_cost *longest_wait(const struct cost_record *c)
{
    const struct lock_cost *found = NULL;
    for (size_t i = 0; i < c->lock_count; i++)
        if (c->locks[i].waited > 0 && (!found || c->locks[i].waited > found->waited))
            found = &c->locks[i];
    return found;
}

static void measure_probe(struct rehearsal *r, const struct stall_record *s)
{
    char *longest = memory_format("%s longest", s->probe), *p99 = memory_format("%s p99", s->probe);
    char *asked = memory_format("%s asked", s->probe),
         *failed = memory_format("%s failed", s->probe);
    step_measure(r, longest, "s", s->longest, 0);
    step_measure(r, p99, "s", s->p99, 0);
    step_measure(r, asked, "queries", (double)s->asked, 0);
    step_measure(r, failed, "queries", (double)s->failed, 0);
    free(longest);
    free(p99);
    free(asked);
    free(failed);
}

/* Whether others who come while the migrator waits are served all the same. */
static void measure_queue(struct rehearsal *r, const struct cost_record *c)
{
    const struct lock_cost *waiting = longest_wait(c);
    if (!waiting)
        return;
    double behind = others_behind(c, waiting);
    step_measure_as(r, MEASURE_LOCK_WAIT, waiting->waited, 0);
    step_measure_as(r, MEASURE_WAIT_BEHIND, behind, 0);
    step_measure_as(r, MEASURE_QUEUE_PROTECTED, behind < hold / 2 ? 1 : 0, 0);
}

static void measure_stalls(struct rehearsal *r, const struct cost_record *c)
{
    double longest = 0;
    for (size_t i = 0; i < c->stall_count; i++) {
        measure_probe(r, &c->stalls[i]);
        longest = c->stalls[i].longest > longest ? c->stalls[i].longest : longest;
    }
    step_measure_as(r, MEASURE_LONGEST_STALL, longest, 0);
    measure_queue(r, c);
}

/* Probes that were never answered show nothing, nor does an upgrade whose locks were not seen. */
static void judge_probes(struct rehearsal *r, struct check *c, const struct cost_record *record)
{
    struct error e = {0};
    for (size_t i = 0; i < record->stall_count; i++)
        if (record->stalls[i].asked == record->stalls[i].failed)
            error_set(&e, ERROR_UNAVAILABLE, "probe %s was never answered: %s",
                      record->stalls[i].probe, record->missing ? record->missing : "no time");
    measured_upgrade_was_seen(record, &e);
    if (e.kind != ERROR_NONE)
        check_error(r, c, &e);
    else
        check_pass(r, c);
}

static void add_missing(struct cost_record *c, char *line)
{
    if (!line)
        return;
    char *both =
        memory_format("%s%s%s", c->missing ? c->missing : "", c->missing ? "; " : "", line);
    free(c->missing);
    free(line);
    c->missing = both;
}

/* The upgrade, with probes beside it and the long transaction in its way. */
static bool run_among_others(struct rehearsal *r, const char *to, struct cost_record **record,
                             struct attempt *a, struct error *e)
{
    const struct suite *suite = r->run->ground.suite;
    struct long_transaction transaction = {0};
    struct probes *probes = probes_start(suite, r->url, r->run->ground.cancel, e);
    bool good = probes && long_transaction_begin(&transaction, r->url, suite->preserved_tables,
                                                 suite->preserved_table_count, hold, probes,
                                                 r->run->ground.cancel, e);
    good = good && measured_upgrade(r, to, true, record, a, e);
    long_transaction_end(&transaction);
    if (probes)
        probes_stop(probes);
    if (good) {
        char *failures = NULL;
        probes_tell(probes, a->result.process.started, *record, &failures);
        add_missing(*record, failures);
    }
    probes_free(probes);
    return good;
}

/* Concludes whether it succeeds: at once, or after it gave up, without the transaction. */
static void judge_success(struct rehearsal *r, struct check *c, const char *to,
                          const struct cost_record *record, const struct attempt *first)
{
    struct attempt again = {0};
    struct error e = {0};
    if (first->well) {
        check_pass(r, c);
    } else if (!gave_up(record, first)) {
        measured_upgrade_failed(r, c, first);
    } else if (!attempt_make(r, MIGRATOR_UPGRADE, to, "second-upgrade", &again, &e)) {
        check_error(r, c, &e);
    } else if (!again.well) {
        measured_upgrade_failed(r, c, &again);
    } else {
        check_pass(r, c);
    }
    attempt_release(&again);
}

void measure_stall(struct rehearsal *r, enum rehearsed_revision revision)
{
    const char *to = rehearsal_revision(r, revision);
    step_begin(r, "upgrade to %s while others read and write", to);
    struct check *success = step_check(
        r, "upgrade", NULL, "upgrade to %s succeeds while others work, or when they end", to);
    struct check *answered = step_check(r, "probes", NULL, "the probes are answered");
    budgets_plan(r, true);
    if (r->fixture && r->walking)
        fixture_store_expect(r->run->fixtures, r->fixture, true);
    if (r->run->ground.suite->probe_count == 0)
        rehearsal_lacks(r, r->run->ground.is_project
                               ? "it needs probes in pgrehearse.yaml, queries of the application"
                               : "the suite declares no probes");
    if (!step_runs(r))
        return;
    struct cost_record *record = NULL;
    struct attempt a = {0};
    struct error e = {0};
    bool good =
        cost_prepare(r->url, r->run->ground.server->is_embedded, r->run->ground.cancel, &e) &&
        run_among_others(r, to, &record, &a, &e);
    success->seconds = a.result.process.seconds;
    if (good) {
        judge_success(r, success, to, record, &a);
        judge_probes(r, answered, record);
        measure_stalls(r, record);
        budgets_judge(r, 2, true, record);
    } else {
        check_error(r, success, &e);
    }
    r->record->cost = record;
    attempt_release(&a);
}
