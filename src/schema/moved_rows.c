#include "schema/moved_rows.h"

#include "schema/table_reading.h"

static const uint64_t fewest_rows = 2; /* of one row nothing can be said */

/* A partition that stands by itself now keeps its rows. */
static bool is_detached(const struct moved_search *s, const struct data_table *table)
{
    const struct data_table *was = data_tables_of_oid(s->all_then, table->oid);
    return was && was->is_partition && !table->is_partition;
}

static size_t columns_in(const struct data_table *then, const struct data_table *now)
{
    size_t count = 0;
    for (size_t i = 0; i < then->column_count; i++)
        count += data_column_now(then, &then->columns[i], now) != NULL;
    return count;
}

/* A table that had the rows already did not take them. */
static bool has_grown(const struct moved_search *s, const struct data_table *other, uint64_t rows,
                      struct error *e)
{
    const struct data_table *was = data_tables_of_oid(s->all_then, other->oid);
    if (!was)
        was = data_tables_of_name(s->all_then, other->name);
    return !was || data_table_count(s->after, other, "count(*)", e) >=
                       data_table_count(s->before, was, "count(*)", e) + rows;
}

/* Reads what could have taken the rows: how many there were, and how many it lacks or changed. */
static bool read_missing(const struct moved_search *s, const struct data_table *other,
                         uint64_t *rows, uint64_t *missing, struct error *e)
{
    struct table_reading reading;
    bool good = table_read_both(s->before, s->then, s->after, other, s->all_now->zone, &reading, e);
    const struct fingerprint_difference *d = &reading.difference;
    *rows = reading.before.rows;
    *missing = d->differs && !d->detailed ? *rows : d->lost.count + d->changed.count;
    table_reading_release(&reading);
    return good;
}

const struct data_table *moved_rows_all(const struct moved_search *s, struct error *e)
{
    for (size_t i = 0; i < s->all_now->count && e->kind == ERROR_NONE; i++) {
        const struct data_table *other = &s->all_now->items[i];
        size_t columns = columns_in(s->then, other), all = s->then->column_count;
        uint64_t rows, missing;
        if (columns == all || (2 * columns >= all && moved_search_is_new(s, other)))
            if (all && read_missing(s, other, &rows, &missing, e) && !missing &&
                rows >= fewest_rows && has_grown(s, other, rows, e))
                return other;
    }
    return NULL;
}

bool moved_rows_archived(const struct moved_search *s, uint64_t lost, struct error *e)
{
    for (size_t i = 0; i < s->all_now->count && e->kind == ERROR_NONE; i++) {
        const struct data_table *other = &s->all_now->items[i];
        uint64_t rows, missing;
        if ((moved_search_is_new(s, other) || is_detached(s, other)) &&
            columns_in(s->then, other) == s->then->column_count &&
            read_missing(s, other, &rows, &missing, e) && rows - missing == lost)
            return true;
    }
    return false;
}
