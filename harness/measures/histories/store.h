/*
 * Where the history of runs is kept: a file of SQLite, or a PostgreSQL database that several
 * runners share. Both hold the tables of harness/measures/histories/migrations, a folder of
 * revisions in the layout of pgrehearse-migrate: PostgreSQL is migrated by that program, SQLite by
 * the same files.
 *
 * In PostgreSQL everything lies in a schema `pgrehearse`, which we make and mark with a comment. A
 * file or schema that is not ours, or that a newer version has made, is refused and left as it is.
 *
 * Every failure is an ERROR_UNAVAILABLE, except for a malformed location: ERROR_USAGE.
 */
#pragma once
#include <sqlite3.h>

#include "postgres/connection.h"

enum store_mode {
    STORE_READ, /* it must be there, and is not changed */
    STORE_WRITE /* it is made, or brought up to date, where that is needed */
};

struct store {
    char *display;        /* the file's path, or the URL without its password */
    sqlite3 *file;        /* NULL: it is not one */
    struct connection pg; /* closed: it is not one */
    const struct cancel *cancel;
};

/* A row of a result; NULL for null. The strings live until it returns. */
typedef void store_row_fn(void *context, const char *const *values);

/* Whether `where` is something that can be opened; looks at nothing but its spelling. */
bool store_check_place(const char *where, struct error *e);

/* Opens the file or URL. Waits at most some 15 seconds for others. Close it in any case. */
bool store_open(struct store *s, const char *where, enum store_mode mode,
                const struct cancel *cancel, struct error *e);

/*
 * Runs one statement, which both kinds understand, with text parameters $1 …, first used in that
 * order. `row` may be NULL.
 */
bool store_run(struct store *s, const char *sql, size_t count, const char *const *values,
               store_row_fn *row, void *context, struct error *e);

/* A transaction; `end` commits if `keep`, else, or where that fails, nothing of it stays. */
bool store_begin(struct store *s, struct error *e);
bool store_end(struct store *s, bool keep, struct error *e);

void store_close(struct store *s);
