/*
 * A digest of a table's rows, exact for every type and independent of their order: two tables with
 * equal fingerprints hold the same rows (up to a collision of 128-bit XXH3 hashes).
 *
 * The rows stream to us by binary COPY and are hashed here (PostgreSQL manual, COPY, "Binary
 * Format"), so NULL and '', 1.0 and 1.00, 0.0 and -0.0 all differ. Inheriting tables and
 * partitions are read with their parent, once. Each row's key and hashes stay in memory, so that
 * two fingerprints can tell which rows differ, unless the table is too large: see `detailed`.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "postgres/connection.h"

enum fingerprint_state {
    FINGERPRINT_TAKEN = 0,
    FINGERPRINT_TABLE_GONE,  /* there is no such table */
    FINGERPRINT_COLUMN_GONE, /* there is no such column: `gone` */
};

struct fingerprint_row; /* key and hashes of one row */

struct fingerprint {
    enum fingerprint_state state; /* other than TAKEN: nothing below but the names is set */
    char *gone;                   /* the column that is gone, or NULL */
    char *table;                  /* as it was given */
    char **columns;               /* those that are compared */
    size_t column_count;
    char **keys; /* the primary key; without one, columns to show a row by */
    size_t key_count;
    bool has_key; /* rows are told apart by `keys`; otherwise a row is its own key */
    uint64_t rows;
    uint64_t sum_low, sum_high; /* the sum of all rows' hashes, modulo 2^128 */
    uint64_t *column_sums;      /* column_count, over hashes of key and value */
    bool sums_only;             /* no row is to be kept */
    bool detailed;              /* the rows are kept; false past fingerprint_row_limit or 256 MB */
    struct fingerprint_row *kept;
    uint64_t *column_hashes; /* rows × column_count */
    char *key_text;
    size_t key_text_length, key_text_capacity;
    uint64_t *row_hashes; /* of the row being read */
};

/*
 * Over `columns`, or over all that are not generated if it is NULL. `table` is a name as SQL writes
 * it; without a schema it is looked for in `public`, whatever the search path. True also when the
 * table or a column is gone: see `state`. False only if it could not be read; `f` is then empty.
 */
bool fingerprint_take(struct connection *c, const char *table, const char *const *columns,
                      size_t column_count, struct fingerprint *f, struct error *e);

/* The same over all columns that are not generated, in constant memory: not `detailed`. */
bool fingerprint_take_sums(struct connection *c, const char *table, struct fingerprint *f,
                           struct error *e);

/* Once more, of the same table, over the same columns and key as `before`. */
bool fingerprint_take_again(struct connection *c, const struct fingerprint *before,
                            struct fingerprint *f, struct error *e);

/* A value of a row: its name in reports, and the SQL over the alias `t` that yields it. */
struct fingerprint_term {
    char *name, *expression;
};

struct fingerprint_terms {
    const char *name; /* of the table, in reports */
    const char *from; /* what follows FROM, without an alias: "ONLY public.orders" */
    const struct fingerprint_term *columns, *keys;
    size_t column_count, key_count;
    bool has_key; /* rows are told apart by `keys`; otherwise a row is its own key */
};

/*
 * Over expressions instead of columns, so that values of two types can be compared: both sides are
 * given terms of the same names. All is copied. False also when the server refuses an expression.
 */
bool fingerprint_take_terms(struct connection *c, const struct fingerprint_terms *terms,
                            struct fingerprint *f, struct error *e);

/* Whether both were taken, over the same columns, and of the same rows. */
bool fingerprint_equal(const struct fingerprint *a, const struct fingerprint *b);

enum { FINGERPRINT_DIGEST_LENGTH = 32 };

/*
 * 32 hexadecimal digits for what fingerprint_equal() compares, to be written down: equal for equal
 * fingerprints of whichever database and time. "" if it was not taken.
 */
void fingerprint_digest(const struct fingerprint *f, char digest[FINGERPRINT_DIGEST_LENGTH + 1]);

/* Lets go of what tells rows apart; it still tells whether a table's rows are the same. */
void fingerprint_forget_rows(struct fingerprint *f);

void fingerprint_release(struct fingerprint *f);

enum { FINGERPRINT_SAMPLES = 5 };
extern const size_t fingerprint_row_limit;

struct fingerprint_samples {
    uint64_t count;                  /* of rows */
    char *keys[FINGERPRINT_SAMPLES]; /* "id 7", "order_id, line = 7, 1"; NULL past the last */
};

/* Zero-initialised it is empty and valid. */
struct fingerprint_difference {
    bool differs;
    bool detailed; /* false: too large to tell more than the counts of rows */
    struct fingerprint_samples lost, added, changed;
    uint64_t *column_changes; /* of column_count of `before`: in how many of the changed rows */
    uint64_t *column_fills;   /* in how many of these the value was NULL before; if detailed */
};

/* `after` should come from fingerprint_take_again(). */
void fingerprint_compare(const struct fingerprint *before, const struct fingerprint *after,
                         struct fingerprint_difference *d);

/*
 * One line, to be freed: "orders: 1 row lost (id 7), 2 changed in day (id 8, id 9)",
 * "column orders.day is gone", "orders: 3 rows, unchanged".
 */
char *fingerprint_difference_text(const struct fingerprint *before, const struct fingerprint *after,
                                  const struct fingerprint_difference *d);

/* "id 7, id 8, …", to be freed; NULL if no row is known by name. */
char *fingerprint_samples_text(const struct fingerprint_samples *samples);

void fingerprint_difference_release(struct fingerprint_difference *d);
