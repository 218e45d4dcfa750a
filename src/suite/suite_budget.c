#include "suite/suite_budget.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "suite/suite_name.h"

static const char *const modes[] = {
    "AccessShareLock", "RowShareLock",          "RowExclusiveLock", "ShareUpdateExclusiveLock",
    "ShareLock",       "ShareRowExclusiveLock", "ExclusiveLock",    "AccessExclusiveLock"};

int suite_lock_strength(const char *mode)
{
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (strcmp(modes[i], mode) == 0)
            return (int)i + 1;
    return 0;
}

static bool wrong(struct error *e, const struct suite *s, const char *problem)
{
    return suite_wrong(s, s->file, "budgets", NULL, problem, e);
}

/* libcyaml takes "-1" for the largest number of 64 bits. */
static bool is_count(const uint64_t *number)
{
    return !number || *number <= INT64_MAX;
}

static bool check_budget(const struct suite *s, const struct suite_budget *b, struct error *e)
{
    int figures = (b->seconds != NULL) + (b->rewrites != NULL) + (b->wal_bytes != NULL) +
                  (b->temp_bytes != NULL);
    if (figures != 1)
        return wrong(e, s, "expected one of seconds, rewrites, wal_bytes and temp_bytes in each");
    if ((b->lock || b->probe) && (!b->seconds || (b->lock && b->probe)))
        return wrong(e, s, "expected seconds beside lock or probe");
    if (b->table && !b->lock && !b->rewrites)
        return wrong(e, s, "expected table beside lock or rewrites only");
    if (b->table && b->rewrites && *b->rewrites > 0)
        return wrong(e, s, "expected rewrites: 0 for one table");
    if (b->lock && !suite_lock_strength(b->lock))
        return suite_name_unknown(s, s->file, "budgets.lock", "mode of a lock", b->lock, modes,
                                  sizeof modes / sizeof *modes, sizeof *modes, e);
    if (b->seconds && !clock_is_limit(*b->seconds))
        return wrong(e, s, "expected seconds, more than 0 and at most a year");
    if (!is_count(b->rewrites) || !is_count(b->wal_bytes) || !is_count(b->temp_bytes))
        return wrong(e, s, "expected a whole number, 0 or more");
    return true;
}

bool suite_check_budgets(const struct suite *s, struct error *e)
{
    bool good = true;
    for (unsigned i = 0; i < s->budget_count; i++)
        good = check_budget(s, &s->budgets[i], e) && good;
    return good;
}

char *suite_budget_text(const struct suite_budget *b)
{
    const char *on = b->table ? " on " : "", *table = b->table ? b->table : "";
    if (b->lock)
        return memory_format("%s%s%s is held for at most %g s", b->lock, on, table, *b->seconds);
    if (b->probe)
        return memory_format("probe %s waits for at most %g s", b->probe, *b->seconds);
    if (b->seconds)
        return memory_format("the upgrade takes at most %g s from first to last statement",
                             *b->seconds);
    if (b->rewrites && b->table)
        return memory_format("table %s is not rewritten", b->table);
    if (b->rewrites)
        return memory_format("at most %" PRIu64 " tables are rewritten", *b->rewrites);
    if (b->wal_bytes)
        return memory_format("at most %" PRIu64 " bytes of WAL are written", *b->wal_bytes);
    return memory_format("at most %" PRIu64 " bytes of temporary files are written",
                         *b->temp_bytes);
}
