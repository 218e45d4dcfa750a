/*
 * What became of the rows of every table between two databases, of which one is a clone that was
 * left as it was. Tables and columns are found again by identity (pg_class.oid, attnum) where their
 * names have changed, and values are compared as values: 7 as integer is 7 as bigint.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "postgres/connection.h"

enum data_change_kind {
    DATA_TABLE_DROPPED,  /* and its rows with it */
    DATA_COLUMN_DROPPED, /* and its values with it */
    DATA_ROWS_DELETED,
    DATA_VALUES_CHANGED, /* other than by filling NULLs */
    DATA_VALUES_FILLED,  /* NULLs that became values */
    DATA_ROWS_INSERTED,
};

struct data_change {
    enum data_change_kind kind;
    char *table;   /* "public.orders", by its name before */
    char *column;  /* NULL where the change is not of one column */
    uint64_t rows; /* how many: of a dropped column those that were not NULL */
    char *example; /* "id 7, id 8"; NULL if there is none to show */
};

/* Zero-initialised it is empty and valid. */
struct data_changes {
    struct data_change *items; /* by table and column */
    size_t count;
    size_t tables; /* that were compared */
    uint64_t rows; /* that they held before */
    char **empty;  /* tables without a row: nothing can be said about their data */
    size_t empty_count;
};

/*
 * Compares the tables of `before` with what they are in `after`, except for those named in
 * `left_out` ("schema.table", or "table" of any schema). Generated columns are not compared. A
 * table without anything newer than `since` (table_marks_moment(), when the one became a clone of
 * the other) is not read; NULL: all are. False only if a database could not be read.
 */
bool data_compare(struct connection *before, struct connection *after, const char *since,
                  const char *const *left_out, size_t left_out_count, struct data_changes *changes,
                  struct error *e);

/* Whether rows or values are gone for good by a change of this kind. */
bool data_change_is_loss(enum data_change_kind kind);

/*
 * The change without its numbers, which depend on the rows that there were: "changes values of
 * public.orders.note". To be freed.
 */
char *data_change_text(const struct data_change *change);

/* Whether data_change_text() can have written this line. */
bool data_change_is_text(const char *line);

/* The same with its numbers: "changes values of public.orders.note in 3 rows (id 7, …)". */
char *data_change_sentence(const struct data_change *change);

void data_changes_release(struct data_changes *changes);
