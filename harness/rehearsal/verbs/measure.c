/* measure_upgrade: what the upgrade costs. */
#include "base/memory.h"
#include "rehearsal/costs/measured_upgrade.h"
#include "rehearsal/fixture_store.h"

static void measure_count(struct rehearsal *r, enum measure_id measure, int64_t value)
{
    if (value >= 0)
        step_measure_as(r, measure, (double)value, 0);
}

static double longest_held(const struct cost_record *c, const char *mode)
{
    double longest = 0;
    for (size_t i = 0; i < c->lock_count; i++)
        if (strcmp(c->locks[i].mode, mode) == 0 && c->locks[i].held > longest)
            longest = c->locks[i].held;
    return longest;
}

static size_t count_rewritten(const struct cost_record *c)
{
    size_t rewritten = 0;
    for (size_t i = 0; i < c->table_count; i++)
        rewritten += c->tables[i].rewritten;
    return rewritten;
}

static void measure_all(struct rehearsal *r, const struct cost_record *c)
{
    const struct cost_counters *t = &c->totals;
    step_measure_as(r, MEASURE_STATEMENT_TIME, c->seconds, 0);
    step_measure_as(r, MEASURE_WATCHED, c->watched, 0);
    measure_count(r, MEASURE_STATEMENTS, (int64_t)c->statement_count);
    measure_count(r, MEASURE_LOCKS, (int64_t)c->lock_count);
    measure_count(r, MEASURE_REWRITES, (int64_t)count_rewritten(c));
    step_measure_as(r, MEASURE_EXCLUSIVE_LOCK, longest_held(c, "AccessExclusiveLock"), 0);
    measure_count(r, MEASURE_WAL, t->wal_bytes);
    measure_count(r, MEASURE_WAL_RECORDS, t->wal_records);
    measure_count(r, MEASURE_BUFFERS_HIT, t->buffers_hit);
    measure_count(r, MEASURE_BUFFERS_READ, t->buffers_read);
    measure_count(r, MEASURE_BUFFERS_DIRTIED, t->buffers_dirtied);
    measure_count(r, MEASURE_TEMPORARY_FILES, t->temp_bytes);
}

void measure_upgrade(struct rehearsal *r, enum rehearsed_revision revision)
{
    const char *to = rehearsal_revision(r, revision);
    step_begin(r, "upgrade to %s with %s, watched", to, r->run->ground.migrator.definition->name);
    struct check *success = step_check(r, "upgrade", NULL, "upgrade to %s succeeds", to);
    budgets_plan(r, false);
    if (r->fixture && r->walking)
        fixture_store_expect(r->run->fixtures, r->fixture, true);
    if (!step_runs(r))
        return;
    struct cost_record *record = NULL;
    struct attempt a = {0};
    struct error e = {0};
    bool good =
        cost_prepare(r->url, r->run->ground.server->is_embedded, r->run->ground.cancel, &e) &&
        measured_upgrade(r, to, false, &record, &a, &e);
    success->seconds = a.result.process.seconds;
    if (good && a.well)
        good = measured_upgrade_was_seen(record, &e);
    if (!good)
        check_error(r, success, &e);
    else if (!a.well)
        measured_upgrade_failed(r, success, &a);
    else
        check_pass(r, success);
    if (record)
        measure_all(r, record);
    if (good && a.well)
        budgets_judge(r, 1, false, record);
    r->record->cost = record;
    attempt_release(&a);
}
