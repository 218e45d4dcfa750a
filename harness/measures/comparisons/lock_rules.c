#include "measures/comparisons/lock_rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "measures/comparisons/blame.h"

static const char *const modes[] = {
    "AccessShareLock", "RowShareLock",          "RowExclusiveLock", "ShareUpdateExclusiveLock",
    "ShareLock",       "ShareRowExclusiveLock", "ExclusiveLock",    "AccessExclusiveLock"};
/* Whoever takes this or more on a table that the base leaves alone changes it. */
enum { ROW_EXCLUSIVE = 3, SHARE = 5, MODES = sizeof modes / sizeof *modes };

static const char table_prefix[] = "table ";

int lock_strength(const char *mode)
{
    for (int i = 0; i < MODES; i++)
        if (strcmp(modes[i], mode) == 0)
            return i + 1;
    return 0;
}

/* A statement of the candidate's first run, for people; to be freed. */
static char *blame_number(const struct ledgers *base, const struct ledgers *candidate,
                          size_t number)
{
    const struct statement_cost *s = blame_find(candidate->items[0], number);
    return s ? blame_statement(base->items[0], s) : memory_format("statement %zu", number);
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

/* Whether an earlier statement of the same transaction holds the object as strongly already. */
static bool is_covered(const struct cost_record *record, const struct lock_cost *lock,
                       const struct statement_cost *by)
{
    for (size_t i = 0; by->transaction && i < record->lock_count; i++) {
        const struct lock_cost *other = &record->locks[i];
        const struct statement_cost *s = blame_find(record, other->statement);
        if (s && s->number < by->number && s->transaction == by->transaction &&
            lock_strength(other->mode) >= lock_strength(lock->mode) &&
            strcmp(other->object, lock->object) == 0)
            return true;
    }
    return false;
}

/* The strongest mode in which a statement that `other` does not have locks the object. */
static int strongest_of_own(const struct cost_record *record, const struct cost_record *other,
                            const char *object, size_t *statement)
{
    int most = 0;
    for (size_t i = 0; i < record->lock_count; i++) {
        const struct lock_cost *lock = &record->locks[i];
        const struct statement_cost *by = blame_find(record, lock->statement);
        int strength = lock_strength(lock->mode);
        if (strength > most && by && strcmp(lock->object, object) == 0 &&
            !blame_find_text(other, by->sql) && !is_covered(record, lock, by)) {
            most = strength;
            *statement = by->number;
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

/* Whether it is locked in a stronger mode than anywhere in the base. */
static bool compare_object(const struct ledgers *base, const struct ledgers *candidate,
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
        return false;
    bool matters = before > 0 || after >= ROW_EXCLUSIVE;
    char *by = blame_number(base, candidate, statement);
    differences_add(out, matters ? DIFFERENCE_WORSE : DIFFERENCE_TOLD, "locks",
                    "%s is locked in mode %s by %s; the base takes %s", object, modes[after - 1],
                    by, before ? modes[before - 1] : "no lock on it");
    differences_blame(out, blame_find(candidate->items[0], statement));
    free(by);
    return true;
}

/*
 * A statement that took another's place may lock out writers which that one let pass, though the
 * table is locked as strongly elsewhere in the upgrade: CREATE INDEX without CONCURRENTLY.
 */
static void compare_changed(const struct ledgers *base, const struct ledgers *candidate,
                            const char *object, struct differences *out)
{
    int before = 0, after = MODES;
    size_t statement = 0, ignored = 0;
    for (size_t i = 0; i < base->count; i++) {
        int strength = strongest_of_own(base->items[i], candidate->items[0], object, &ignored);
        before = strength > before ? strength : before;
    }
    for (size_t i = 0; i < candidate->count; i++) {
        int strength = strongest_of_own(candidate->items[i], base->items[0], object, &statement);
        after = strength < after ? strength : after;
    }
    if (after <= before || after < SHARE)
        return;
    char *by = blame_number(base, candidate, statement);
    differences_add(out, DIFFERENCE_WORSE, "locks",
                    "%s is locked in mode %s by %s, which the base does not have; what the base "
                    "has instead takes %s",
                    object, modes[after - 1], by, before ? modes[before - 1] : "no lock on it");
    differences_blame(out, blame_find(candidate->items[0], statement));
    free(by);
}

void locks_compare(const struct ledgers *base, const struct ledgers *candidate,
                   struct differences *out)
{
    const struct cost_record *first = candidate->items[0];
    for (size_t i = 0; i < first->lock_count; i++) {
        const char *object = first->locks[i].object;
        if (strncmp(object, table_prefix, strlen(table_prefix)) == 0 && !seen_before(first, i) &&
            was_there(first, object + strlen(table_prefix)) &&
            !compare_object(base, candidate, object, out))
            compare_changed(base, candidate, object, out);
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
            char *by = t->statement ? blame_number(base, candidate, t->statement) : NULL;
            differences_add(out, DIFFERENCE_WORSE, "rewrites", "table %s is rewritten%s%s",
                            t->table, by ? " by " : "", by ? by : "");
            differences_blame(out, blame_find(candidate->items[0], t->statement));
            free(by);
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
