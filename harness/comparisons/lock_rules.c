#include "lock_rules.h"

#include <string.h>

static const char *const modes[] = {
    "AccessShareLock", "RowShareLock",          "RowExclusiveLock", "ShareUpdateExclusiveLock",
    "ShareLock",       "ShareRowExclusiveLock", "ExclusiveLock",    "AccessExclusiveLock"};
/* Whoever takes this or more on a table that the base leaves alone changes it. */
enum { ROW_EXCLUSIVE = 3, MODES = sizeof modes / sizeof *modes };

static const char table_prefix[] = "table ";

int lock_strength(const char *mode)
{
    for (int i = 0; i < MODES; i++)
        if (strcmp(modes[i], mode) == 0)
            return i + 1;
    return 0;
}

/* The strongest mode in which the run locked the object, and the statement that took it. */
static int strongest(const struct cost_record *record, const char *object, size_t *statement)
{
    int most = 0;
    for (size_t i = 0; i < record->lock_count; i++) {
        int strength = lock_strength(record->locks[i].mode);
        if (strength > most && strcmp(record->locks[i].object, object) == 0) {
            most = strength;
            *statement = record->locks[i].statement;
        }
    }
    return most;
}

/* Whether the table was there before the upgrade. What it makes itself nobody else waits for. */
static bool was_there(const struct cost_record *record, const char *table)
{
    for (size_t i = 0; i < record->table_count; i++)
        if (strcmp(record->tables[i].table, table) == 0)
            return record->tables[i].before >= 0;
    return false;
}

static bool seen_before(const struct cost_record *record, size_t lock)
{
    for (size_t i = 0; i < lock; i++)
        if (strcmp(record->locks[i].object, record->locks[lock].object) == 0)
            return true;
    return false;
}

static void compare_object(const struct ledgers *base, const struct ledgers *candidate,
                           const char *object, struct differences *out)
{
    int before = 0, after = MODES;
    size_t statement = 0, ignored = 0;
    for (size_t i = 0; i < base->count; i++) {
        int strength = strongest(base->items[i], object, &ignored);
        before = strength > before ? strength : before;
    }
    for (size_t i = 0; i < candidate->count; i++) {
        int strength = strongest(candidate->items[i], object, &statement);
        after = strength < after ? strength : after;
    }
    if (after <= before)
        return;
    bool matters = before > 0 || after >= ROW_EXCLUSIVE;
    differences_add(out, matters ? DIFFERENCE_WORSE : DIFFERENCE_TOLD, "locks",
                    "%s is locked in mode %s by statement %zu; the base takes %s", object,
                    modes[after - 1], statement, before ? modes[before - 1] : "no lock on it");
}

void locks_compare(const struct ledgers *base, const struct ledgers *candidate,
                   struct differences *out)
{
    const struct cost_record *first = candidate->items[0];
    for (size_t i = 0; i < first->lock_count; i++) {
        const char *object = first->locks[i].object;
        if (strncmp(object, table_prefix, strlen(table_prefix)) == 0 && !seen_before(first, i) &&
            was_there(first, object + strlen(table_prefix)))
            compare_object(base, candidate, object, out);
    }
}

static const struct table_cost *rewritten(const struct cost_record *record, const char *table)
{
    for (size_t i = 0; i < record->table_count; i++)
        if (record->tables[i].rewritten && strcmp(record->tables[i].table, table) == 0)
            return &record->tables[i];
    return NULL;
}

static size_t count_rewritten(const struct ledgers *side, const char *table)
{
    size_t count = 0;
    for (size_t i = 0; i < side->count; i++)
        count += rewritten(side->items[i], table) != NULL;
    return count;
}

void rewrites_compare(const struct ledgers *base, const struct ledgers *candidate,
                      struct differences *out)
{
    for (size_t i = 0; i < candidate->items[0]->table_count; i++) {
        const struct table_cost *t = &candidate->items[0]->tables[i];
        if (t->rewritten && count_rewritten(candidate, t->table) == candidate->count &&
            count_rewritten(base, t->table) == 0) {
            if (t->statement)
                differences_add(out, DIFFERENCE_WORSE, "rewrites",
                                "table %s is rewritten by statement %zu", t->table, t->statement);
            else
                differences_add(out, DIFFERENCE_WORSE, "rewrites", "table %s is rewritten",
                                t->table);
        }
    }
    for (size_t i = 0; i < base->items[0]->table_count; i++) {
        const struct table_cost *t = &base->items[0]->tables[i];
        if (t->rewritten && count_rewritten(base, t->table) == base->count &&
            count_rewritten(candidate, t->table) == 0)
            differences_add(out, DIFFERENCE_BETTER, "rewrites", "table %s is no longer rewritten",
                            t->table);
    }
}
