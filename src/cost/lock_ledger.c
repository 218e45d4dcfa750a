#include "cost/lock_ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

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

/* False for the locks by which a transaction marks its own existence: they block nobody. */
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

static int compare_numbers(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

/* The order of the open ones; 0 for the same lock of the same session. */
static int compare_locks(const void *a, const void *b)
{
    const struct lock_entry *x = a, *y = b;
    int order = (x->backend > y->backend) - (x->backend < y->backend);
    order = order ? order : compare_numbers(x->relation, y->relation);
    order = order ? order : compare_numbers(x->object, y->object);
    order = order ? order : compare_numbers(x->class, y->class);
    order = order ? order : compare_numbers(x->sub, y->sub);
    order = order ? order : strcmp(x->type, y->type);
    return order ? order : strcmp(x->mode, y->mode);
}

/* The rows of one backend, in order; the caller frees them. */
static struct lock_entry *read_rows(const PGresult *rows, int first, int backend, size_t *count)
{
    struct lock_entry *shown = memory_zeroed((size_t)PQntuples(rows) + 1, sizeof *shown);
    *count = 0;
    for (int i = 0; i < PQntuples(rows); i++)
        if (!PQgetisnull(rows, i, first) && read_row(&shown[*count], rows, i, first) &&
            shown[*count].backend == backend)
            ++*count;
    qsort(shown, *count, sizeof *shown, compare_locks);
    return shown;
}

static struct lock_entry opened(const struct lock_entry *row, const struct lock_moment *m,
                                bool boundary)
{
    struct lock_entry entry = *row;
    entry.statement = m->statement;
    entry.taken = m->previous_sample > m->started ? m->previous_sample : m->started;
    entry.sampled = !boundary;
    return entry;
}

/* It is open, and is seen again. */
static void see(struct lock_entry *entry, const struct lock_entry *row, const struct lock_moment *m,
                bool boundary)
{
    if (!row->granted && row->waited > entry->waited)
        entry->waited = row->waited;
    if (row->granted && !entry->granted) { /* it has waited until now, or until shortly before */
        entry->granted = true;
        if (m->previous_sample > entry->taken)
            entry->taken = m->previous_sample;
    }
    if (boundary)
        entry->sampled = false;
    entry->last_seen = m->now;
}

static void close_entry(struct lock_ledger *l, const struct lock_entry *entry, double released)
{
    struct lock_entry *over = memory_append(&l->over, &l->over_count, sizeof *l->over);
    *over = *entry;
    over->released = released;
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

/* A boundary shows all that the backend holds: what it does not show is over. */
static void lose(struct lock_ledger *l, const struct lock_entry *entry, const struct lock_moment *m)
{
    if (is_worth_telling(entry, m->in_transaction))
        close_entry(l, entry, entry->sampled ? entry->last_seen : m->now);
}

/* Merges what is shown into what is open; both are in order. */
static void merge(struct lock_ledger *l, const struct lock_entry *shown, size_t count,
                  const struct lock_moment *m, bool boundary)
{
    struct lock_entry *merged = memory_zeroed(l->open_count + count + 1, sizeof *merged);
    size_t at = 0, kept = 0;
    for (size_t i = 0; i <= count; i++) {
        for (; at < l->open_count && (i == count || compare_locks(&l->open[at], &shown[i]) < 0);
             at++) {
            if (boundary && l->open[at].backend == m->backend)
                lose(l, &l->open[at], m);
            else
                merged[kept++] = l->open[at];
        }
        if (i == count)
            break;
        if (at < l->open_count && compare_locks(&l->open[at], &shown[i]) == 0)
            merged[kept++] = l->open[at++];
        else if (!kept || compare_locks(&merged[kept - 1], &shown[i]) != 0)
            merged[kept++] = opened(&shown[i], m, boundary);
        see(&merged[kept - 1], &shown[i], m, boundary);
    }
    free(l->open);
    l->open = merged;
    l->open_count = kept;
}

static void take_rows(struct lock_ledger *l, const PGresult *rows, int first,
                      const struct lock_moment *m, bool boundary)
{
    size_t count;
    struct lock_entry *shown = read_rows(rows, first, m->backend, &count);
    merge(l, shown, count, m, boundary);
    free(shown);
}

static bool shows_any(const PGresult *rows, int first)
{
    for (int i = 0; i < PQntuples(rows); i++)
        if (!PQgetisnull(rows, i, first))
            return true;
    return false;
}

bool lock_ledger_boundary(struct lock_ledger *l, const PGresult *rows, int first,
                          const struct lock_moment *m)
{
    take_rows(l, rows, first, m, true);
    return shows_any(rows, first);
}

void lock_ledger_sample(struct lock_ledger *l, const PGresult *rows, int first,
                        const struct lock_moment *m)
{
    take_rows(l, rows, first, m, false);
}

void lock_ledger_finish(struct lock_ledger *l, double now)
{
    for (size_t i = 0; i < l->open_count; i++)
        if (is_worth_telling(&l->open[i], false))
            close_entry(l, &l->open[i], now);
    l->open_count = 0;
}

static size_t first_taker(const struct lock_entry *entries, size_t count, uint32_t relation,
                          size_t first)
{
    for (size_t i = 0; i < count; i++)
        if (entries[i].relation == relation && (!first || entries[i].statement < first))
            first = entries[i].statement;
    return first;
}

size_t lock_ledger_taker(const struct lock_ledger *l, uint32_t relation)
{
    size_t first = first_taker(l->over, l->over_count, relation, 0);
    return first_taker(l->open, l->open_count, relation, first);
}

bool lock_ledger_keeps_writers_waiting(const struct lock_ledger *l, int backend)
{
    static const char *const modes[] = {"ShareLock", "ShareRowExclusiveLock", "ExclusiveLock",
                                        "AccessExclusiveLock"};
    for (size_t i = 0; i < l->open_count; i++)
        for (size_t j = 0; j < sizeof modes / sizeof *modes; j++)
            if (l->open[i].backend == backend && l->open[i].relation && l->open[i].granted &&
                strcmp(l->open[i].mode, modes[j]) == 0)
                return true;
    return false;
}

void lock_ledger_release(struct lock_ledger *l)
{
    free(l->over);
    free(l->open);
    *l = (struct lock_ledger){0};
}
