#include "schema/data_compare.h"

#include "base/memory.h"
#include "schema/data_tables.h"
#include "schema/fingerprint.h"
#include "schema/moved_rows.h"
#include "schema/moved_values.h"
#include "schema/table_marks.h"
#include "schema/table_reading.h"

struct data_comparison {
    struct connection *before, *after;
    const struct data_tables *then, *now;
    struct table_marks marked, marked_now;
    struct data_changes *changes;
    struct error *e;
};

static struct data_change *add(struct data_comparison *c, enum data_change_kind kind,
                               const struct data_table *table, const char *column, uint64_t rows)
{
    struct data_change *change =
        memory_append(&c->changes->items, &c->changes->count, sizeof *change);
    *change =
        (struct data_change){kind, memory_copy_of(table->name), memory_copy_of(column), rows, NULL};
    return change;
}

static void add_sampled(struct data_comparison *c, enum data_change_kind kind,
                        const struct data_table *table, const char *column, uint64_t rows,
                        const struct fingerprint_samples *samples)
{
    add(c, kind, table, column, rows)->example = fingerprint_samples_text(samples);
}

static struct moved_search search_for(const struct data_comparison *c,
                                      const struct data_table *then, const struct data_table *now)
{
    return (struct moved_search){c->before, c->after, then, now, c->then, c->now};
}

static void tell_dropped_columns(struct data_comparison *c, const struct data_table *table,
                                 const struct data_table *now)
{
    const struct moved_search search = search_for(c, table, now);
    for (size_t i = 0; i < table->column_count; i++) {
        bool moved = false;
        if (data_column_now(table, &table->columns[i], now) ||
            !moved_values_find(&search, &table->columns[i], &moved, c->e) || moved)
            continue;
        char *what = memory_format("count(t.%s)", table->columns[i].name);
        add(c, DATA_COLUMN_DROPPED, table, table->columns[i].name,
            data_table_count(c->before, table, what, c->e));
        free(what);
    }
}

/* Without a key a changed row is one lost and one added: the columns' sums say where. */
static void tell_keyless(struct data_comparison *c, const struct data_table *table,
                         const struct fingerprint *before, const struct fingerprint *after,
                         const struct fingerprint_difference *d)
{
    uint64_t lost = d->lost.count, added = d->added.count, both = lost < added ? lost : added;
    for (size_t i = 0; both && i < before->column_count; i++)
        if (before->column_sums[i] != after->column_sums[i])
            add_sampled(c, DATA_VALUES_CHANGED, table, before->columns[i], both, &d->lost);
    if (lost > both)
        add_sampled(c, DATA_ROWS_DELETED, table, NULL, lost - both, &d->lost);
    if (added > both)
        add(c, DATA_ROWS_INSERTED, table, NULL, added - both);
}

static void tell_keyed(struct data_comparison *c, const struct data_table *table,
                       const struct fingerprint *before, const struct fingerprint_difference *d)
{
    struct moved_search search = search_for(c, table, NULL);
    if (d->lost.count && !moved_rows_archived(&search, d->lost.count, c->e))
        add_sampled(c, DATA_ROWS_DELETED, table, NULL, d->lost.count, &d->lost);
    for (size_t i = 0; i < before->column_count; i++) {
        uint64_t changed = d->column_changes[i], filled = d->column_fills[i];
        if (changed > filled)
            add_sampled(c, DATA_VALUES_CHANGED, table, before->columns[i], changed - filled,
                        &d->changed);
        if (filled)
            add_sampled(c, DATA_VALUES_FILLED, table, before->columns[i], filled, &d->changed);
    }
    if (d->added.count)
        add_sampled(c, DATA_ROWS_INSERTED, table, NULL, d->added.count, &d->added);
}

static void count_table(struct data_comparison *c, const struct data_table *table, uint64_t rows)
{
    if (rows == 0)
        *(char **)memory_append(&c->changes->empty, &c->changes->empty_count,
                                sizeof *c->changes->empty) = memory_copy_of(table->name);
    c->changes->tables++;
    c->changes->rows += rows;
}

static void tell(struct data_comparison *c, const struct data_table *table,
                 const struct table_reading *reading)
{
    const struct fingerprint *before = &reading->before;
    count_table(c, table, before->rows);
    if (!reading->difference.differs)
        return;
    if (before->has_key || !reading->difference.detailed)
        tell_keyed(c, table, before, &reading->difference);
    else
        tell_keyless(c, table, before, &reading->after, &reading->difference);
}

/* What the table may have become. */
struct became {
    struct data_table then; /* borrowed, except for how its columns are found */
    const struct data_table *now;
    struct table_reading reading;
};

static bool read_became(struct data_comparison *c, struct became *became)
{
    return table_read_both(c->before, &became->then, c->after, became->now, c->now->zone,
                           &became->reading, c->e);
}

/* Takes what is read this way instead if fewer rows differ then. */
static bool try_instead(struct data_comparison *c, struct became *best,
                        const struct data_table *now, bool by_number)
{
    struct became other = {.then = best->then, .now = now};
    other.then.by_number = by_number;
    bool good = read_became(c, &other);
    if (good && table_reading_cost(&other.reading) < table_reading_cost(&best->reading)) {
        struct became worse = *best;
        *best = other;
        other = worse;
    }
    table_reading_release(&other.reading);
    return good;
}

/* All of its rows may be in another table now, unchanged in what that has of its columns. */
static bool tell_gone(struct data_comparison *c, const struct data_table *table)
{
    const struct moved_search search = search_for(c, table, NULL);
    const struct data_table *taker = moved_rows_all(&search, c->e);
    uint64_t rows =
        c->e->kind == ERROR_NONE ? data_table_count(c->before, table, "count(*)", c->e) : 0;
    if (taker) {
        count_table(c, table, rows);
        tell_dropped_columns(c, table, taker);
    } else {
        add(c, DATA_TABLE_DROPPED, table, NULL, rows);
    }
    return c->e->kind == ERROR_NONE;
}

/*
 * What the table became: the one of its name, or the very same one under another. Where both are
 * there, as after a swap, it is the one that holds its rows; and so with its columns.
 */
static bool compare_table(struct data_comparison *c, const struct data_table *table)
{
    const struct data_table *by_name = data_tables_of_name(c->now, table->name);
    const struct data_table *by_oid = data_tables_of_oid(c->now, table->oid);
    struct became best = {.then = *table, .now = by_name ? by_name : by_oid};
    if (table_marks_agree(&c->marked, &c->marked_now, table->name)) {
        count_table(c, table, table_marks_find(&c->marked, table->name)->rows);
        return true;
    }
    if (!best.now)
        return tell_gone(c, table);
    bool good = read_became(c, &best);
    if (good && by_name && by_oid && by_oid != by_name && table_reading_cost(&best.reading))
        good = try_instead(c, &best, by_oid, false);
    if (good && table_reading_cost(&best.reading) && data_table_swaps_names(&best.then, best.now))
        good = try_instead(c, &best, best.now, true);
    if (good) {
        tell_dropped_columns(c, &best.then, best.now);
        tell(c, &best.then, &best.reading);
    }
    table_reading_release(&best.reading);
    return good && c->e->kind == ERROR_NONE;
}

static bool take_marks(struct data_comparison *c, const char *since)
{
    return !since || (table_marks_take(c->before, since, &c->marked, c->e) &&
                      table_marks_take(c->after, since, &c->marked_now, c->e));
}

bool data_compare(struct connection *before, struct connection *after, const char *since,
                  const char *const *left_out, size_t left_out_count, struct data_changes *changes,
                  struct error *e)
{
    *changes = (struct data_changes){0};
    struct data_tables then = {0}, now = {0};
    struct data_comparison c = {
        .before = before, .after = after, .then = &then, .now = &now, .changes = changes, .e = e};
    bool good = data_tables_read(before, left_out, left_out_count, &then, e) &&
                data_tables_read(after, left_out, left_out_count, &now, e) && take_marks(&c, since);
    data_tables_forget_generated(&then);
    for (size_t i = 0; good && i < then.count; i++)
        if (!then.items[i].is_partition) /* read with its parent */
            good = compare_table(&c, &then.items[i]);
    table_marks_release(&c.marked);
    table_marks_release(&c.marked_now);
    data_tables_release(&then);
    data_tables_release(&now);
    if (!good)
        data_changes_release(changes);
    return good;
}
