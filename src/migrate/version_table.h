/*
 * The table in which a tool remembers the revisions that a database has, read and written by the
 * templates of its layout, so that the tool can go on where we stopped and the other way round.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "migrate/chain.h"
#include "postgres/connection.h"

struct version_row {
    char *key;
    char *checksum; /* NULL: not known */
};

struct version_table {
    const struct layout_table *rules; /* borrowed */
    bool exists;
    char *name; /* with its schema, quoted; where it would be made, if there is none */
    struct version_row *rows; /* as they were read */
    size_t row_count;
};

/* What is written, and when. */
enum version_event {
    EVENT_BEFORE, /* something runs; in a transaction of its own */
    EVENT_UP,     /* within the transaction of the revision, if it has one */
    EVENT_DOWN,
    EVENT_AFTER, /* all is committed */
    EVENT_FAILED,
    EVENT_CLEAR, /* the whole table is emptied */
    EVENT_STAMP, /* a revision counts as applied, though nothing ran */
};

struct version_move {
    const struct revision *revision;   /* NULL for EVENT_CLEAR */
    const struct migration_part *part; /* that ran */
    bool repeatable;
    const char *from, *to; /* keys; NULL for the base */
    double seconds;
    const char *message; /* the error, of EVENT_FAILED */
};

bool version_table_read(struct version_table *t, const struct layout_table *rules,
                        struct connection *c, struct error *e);

void version_table_release(struct version_table *t);

/*
 * Sets `applied[i]` for every revision of the chain that the table has. ERROR_USAGE, naming the way
 * out, where the folder does not fit the database: a row without a revision, several rows where
 * one is held, a revision missing before the newest, a file that has changed since.
 */
bool version_table_match(const struct version_table *t, const struct chain *c, bool *applied,
                         struct error *e);

/* ERROR_USAGE if the tool would refuse to go on, with its reason. */
bool version_table_check(const struct version_table *t, struct connection *c, struct error *e);

/* Makes the table if there is none; the caller sets `exists` once that is committed. */
bool version_table_create(const struct version_table *t, struct connection *c, struct error *e);

/* Writes what the layout wants written; where it wants rows changed, exactly so many must be. */
bool version_table_write(const struct version_table *t, struct connection *c,
                         enum version_event event, const struct version_move *move,
                         struct error *e);

/* Whether the repeatable has to run: it never did, or has changed. */
bool version_table_wants(const struct version_table *t, struct connection *c,
                         const struct revision *repeatable, bool *wanted, struct error *e);
