/*
 * Everything there is to know of a schema, one line of text a fact: KIND NAME ATTRIBUTES, where
 * the name of whatever belongs to a table starts with the table's name and a dot. How the lines
 * are written: docs/snapshot.md; where they come from: src/schema/sql/snapshot.sql.
 */
#pragma once
#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "postgres/connection.h"

/* Zero-initialised it is empty and valid. */
struct snapshot {
    char **lines; /* sorted by bytes, without line ends */
    size_t count;
    /*
     * Beside each line of a type, a function or a free sequence: the relations, types and functions
     * that use it, a line each ("?" for a user of another sort). Beside a view, and a function that
     * nothing uses: the relations that it reads. NULL for other lines. Not written to files, so
     * NULL as a whole in a snapshot that comes from one.
     */
    char **users;
};

/*
 * Reads the schema of the connected database in one query, seeing what an open transaction of the
 * caller's sees; read-only, and with no lock but ACCESS SHARE until it returns. On failure `s` is
 * left empty.
 */
bool snapshot_take(struct connection *c, struct snapshot *s, struct error *e);

/* The same with the role `owner` as @owner instead of the database's owner; NULL: the latter. */
bool snapshot_take_as(struct connection *c, const char *owner, struct snapshot *s, struct error *e);

/* Adds copies of the lines of another one. */
void snapshot_append(struct snapshot *s, const struct snapshot *more);

/* Brings lines that were changed, with their users, into order again. */
void snapshot_sort(struct snapshot *s);

/* The lines, each with a line end; false if the stream failed (errno tells). */
bool snapshot_write(const struct snapshot *s, FILE *out);

/* A file that snapshot_write() wrote; ERROR_USAGE if it cannot be read or is not such a file. */
bool snapshot_read_file(struct snapshot *s, const char *path, struct error *e);

bool snapshot_equal(const struct snapshot *a, const struct snapshot *b);

void snapshot_release(struct snapshot *s);
