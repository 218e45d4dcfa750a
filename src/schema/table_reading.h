/*
 * One table read from two databases in a form in which its rows can be compared: of each column
 * that has another type, the form in which the fewest values differ.
 */
#pragma once
#include "schema/data_tables.h"
#include "schema/fingerprint.h"

/* Zero-initialised it is empty and valid. */
struct table_reading {
    struct fingerprint before, after;
    struct fingerprint_difference difference;
};

/* Reads `then` of the database `before` and `now` of `after`; `zone`: see value_forms_of(). */
bool table_read_both(struct connection *before, const struct data_table *then,
                     struct connection *after, const struct data_table *now, const char *zone,
                     struct table_reading *reading, struct error *e);

/*
 * *found: whether `value`, a column of `now` or an expression over it (see data_column.read), holds
 * in each row that is still there what the dropped `column` of `then` held.
 */
bool table_reading_finds(struct connection *before, const struct data_table *then,
                         const struct data_column *column, struct connection *after,
                         const struct data_table *now, const struct data_column *value,
                         const char *zone, bool *found, struct error *e);

/* How many rows differ, whichever way; 0: none. */
uint64_t table_reading_cost(const struct table_reading *reading);

void table_reading_release(struct table_reading *reading);
