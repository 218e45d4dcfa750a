#include "lock_ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

enum { FIRST_USER_OID = 16384 }; /* what is below comes with initdb (manual, 74.2.2) */

enum column {
    COLUMN_PID,
    COLUMN_TYPE,
    COLUMN_RELATION,
    COLUMN_CLASS,
    COLUMN_OBJECT,
    COLUMN_SUB,
    COLUMN_MODE,
    COLUMN_GRANTED,
    COLUMN_WAITED,
};

static const char *text_at(const PGresult *rows, int row, int column)
{
    return PQgetvalue(rows, row, column);
}

static uint32_t number_at(const PGresult *rows, int row, int column)
{
    return (uint32_t)strtoul(text_at(rows, row, column), NULL, 10);
}

/* False for what is nobody's business: that a transaction exists is no lock that anybody feels. */
static bool read_row(struct lock_entry *entry, const PGresult *rows, int row, int first)
{
    *entry = (struct lock_entry){.released = -1};
    snprintf(entry->type, sizeof entry->type, "%s", text_at(rows, row, first + COLUMN_TYPE));
    entry->granted = *text_at(rows, row, first + COLUMN_GRANTED) == 't';
    bool transaction =
        strcmp(entry->type, "virtualxid") == 0 || strcmp(entry->type, "transactionid") == 0;
    if (transaction && entry->granted)
        return false;
    entry->backend = (int)number_at(rows, row, first + COLUMN_PID);
    if (!transaction) { /* whose transaction it waits for changes from one to the next */
        entry->relation = number_at(rows, row, first + COLUMN_RELATION);
        entry->class = number_at(rows, row, first + COLUMN_CLASS);
        entry->object = number_at(rows, row, first + COLUMN_OBJECT);
        entry->sub = number_at(rows, row, first + COLUMN_SUB);
    }
    snprintf(entry->mode, sizeof entry->mode, "%s", text_at(rows, row, first + COLUMN_MODE));
    entry->waited = strtod(text_at(rows, row, first + COLUMN_WAITED), NULL);
    return true;
}

static bool same_lock(const struct lock_entry *a, const struct lock_entry *b)
{
    return a->backend == b->backend && a->relation == b->relation && a->class == b->class &&
           a->object == b->object && a->sub == b->sub && strcmp(a->type, b->type) == 0 &&
           strcmp(a->mode, b->mode) == 0;
}

static struct lock_entry *find_open(const struct lock_ledger *l, const struct lock_entry *like)
{
    for (size_t i = l->over; i < l->count; i++)
        if (same_lock(&l->entries[i], like))
            return &l->entries[i];
    return NULL;
}

static struct lock_entry *open_entry(struct lock_ledger *l, const struct lock_entry *like,
                                     const struct lock_moment *m)
{
    struct lock_entry *entry = memory_append(&l->entries, &l->count, sizeof *l->entries);
    *entry = *like;
    entry->statement = m->statement;
    entry->taken = m->previous_sample > m->started ? m->previous_sample : m->started;
    return entry;
}

static void take_row(struct lock_ledger *l, struct lock_entry *row, const struct lock_moment *m,
                     bool boundary)
{
    struct lock_entry *entry = find_open(l, row);
    if (!entry) {
        entry = open_entry(l, row, m);
        entry->sampled = !boundary;
    }
    if (!row->granted && row->waited > entry->waited)
        entry->waited = row->waited;
    if (row->granted && !entry->granted) { /* it has waited until now, or until shortly before */
        entry->granted = true;
        if (m->previous_sample > entry->taken)
            entry->taken = m->previous_sample;
    }
    if (boundary)
        entry->sampled = false;
    entry->present = true;
    entry->last_seen = m->now;
}

/* Puts an open entry among those that are over. */
static void close_entry(struct lock_ledger *l, size_t at, double released)
{
    struct lock_entry entry = l->entries[at];
    entry.released = released;
    l->entries[at] = l->entries[l->over];
    l->entries[l->over++] = entry;
}

static void drop_entry(struct lock_ledger *l, size_t at)
{
    l->entries[at] = l->entries[--l->count];
}

/*
 * What a sample has caught of the moment within a transaction, as every look into the catalog
 * takes a lock for that long, is left out: the next run would not catch it. So is the same outside
 * of one, of the system's own relations.
 */
static bool is_worth_telling(const struct lock_entry *entry, bool in_transaction)
{
    if (!entry->sampled || entry->waited > 0)
        return true;
    return !in_transaction && (entry->relation == 0 || entry->relation >= FIRST_USER_OID);
}

static void close_absent(struct lock_ledger *l, const struct lock_moment *m)
{
    for (size_t i = l->over; i < l->count;) {
        struct lock_entry *entry = &l->entries[i];
        if (entry->backend != m->backend || entry->present) {
            i++;
        } else if (!is_worth_telling(entry, m->in_transaction)) {
            drop_entry(l, i);
        } else {
            close_entry(l, i, entry->sampled ? entry->last_seen : m->now);
            i++; /* what stood first among the open ones was looked at before, or is this one */
        }
    }
}

bool lock_ledger_boundary(struct lock_ledger *l, const PGresult *rows, int first,
                          const struct lock_moment *m)
{
    bool seen = false;
    for (size_t i = l->over; i < l->count; i++)
        l->entries[i].present = false;
    for (int i = 0; i < PQntuples(rows); i++) {
        struct lock_entry row;
        if (PQgetisnull(rows, i, first))
            continue;
        seen = true;
        if (read_row(&row, rows, i, first))
            take_row(l, &row, m, true);
    }
    close_absent(l, m);
    return seen;
}

void lock_ledger_sample(struct lock_ledger *l, const PGresult *rows, int first,
                        const struct lock_moment *m)
{
    for (int i = 0; i < PQntuples(rows); i++) {
        struct lock_entry row;
        if (read_row(&row, rows, i, first) && row.backend == m->backend)
            take_row(l, &row, m, false);
    }
}

void lock_ledger_finish(struct lock_ledger *l, double now)
{
    while (l->over < l->count)
        if (is_worth_telling(&l->entries[l->over], false))
            close_entry(l, l->over, now);
        else
            drop_entry(l, l->over);
}

size_t lock_ledger_taker(const struct lock_ledger *l, uint32_t relation)
{
    size_t first = 0;
    for (size_t i = 0; i < l->count; i++)
        if (l->entries[i].relation == relation && (!first || l->entries[i].statement < first))
            first = l->entries[i].statement;
    return first;
}

bool lock_ledger_keeps_writers_waiting(const struct lock_ledger *l, int backend)
{
    static const char *const modes[] = {"ShareLock", "ShareRowExclusiveLock", "ExclusiveLock",
                                        "AccessExclusiveLock"};
    for (size_t i = l->over; i < l->count; i++)
        for (size_t j = 0; j < sizeof modes / sizeof *modes; j++)
            if (l->entries[i].backend == backend && l->entries[i].relation &&
                l->entries[i].granted && strcmp(l->entries[i].mode, modes[j]) == 0)
                return true;
    return false;
}

void lock_ledger_release(struct lock_ledger *l)
{
    free(l->entries);
    *l = (struct lock_ledger){0};
}
