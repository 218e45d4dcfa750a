/*
 * Alembic's own table of the revision that a database stands at: alembic_version (version_num
 * varchar(32) not null, constraint alembic_version_pkc primary key). Shared with Alembic, so that
 * either tool can go on where the other stopped.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "migrate/chain.h"
#include "postgres/connection.h"

struct version_table {
    bool exists;
    char *name;  /* with its schema, quoted; where it would be made, if it does not exist */
    char **rows; /* as it was read */
    size_t row_count;
};

bool version_table_read(struct version_table *t, struct connection *c, struct error *e);

void version_table_release(struct version_table *t);

/*
 * The place in the chain that the table tells of. Several rows, or one that the chain does not
 * know, are ERROR_USAGE: the folder does not fit the database.
 */
bool version_table_place(const struct version_table *t, const struct chain *c, size_t *place,
                         struct error *e);

/*
 * Writes the move, within the caller's transaction, making the table if there is none. `from` and
 * `to` are NULL for the base. Exactly one row must be changed by it, else it is an error.
 */
bool version_table_move(const struct version_table *t, struct connection *c, const char *from,
                        const char *to, struct error *e);

/* Throws every row away and writes this one (NULL: none), within the caller's transaction. */
bool version_table_replace(const struct version_table *t, struct connection *c, const char *to,
                           struct error *e);
