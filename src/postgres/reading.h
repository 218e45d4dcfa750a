/*
 * A spell of reading on the caller's connection: one snapshot of the data for all its queries, and
 * settings of ours, so that neither the search path nor any other setting of the role, the
 * database or the session changes what we read. Nothing of it stays afterwards.
 *
 * Outside a transaction it is a REPEATABLE READ READ ONLY transaction of its own; inside one of
 * the caller's it is a savepoint (PostgreSQL manual, SET: SET LOCAL ends with it), which sees what
 * that transaction sees.
 */
#pragma once
#include "postgres/connection.h"

struct reading {
    bool nested; /* inside a transaction of the caller's */
};

bool reading_begin(struct reading *r, struct connection *c, struct error *e);

/*
 * The same where the catalogs are asked of one table only: by their indexes that is twenty times as
 * quick on a thousand tables.
 */
bool reading_begin_of_one(struct reading *r, struct connection *c, struct error *e);

/* To be called after a failed query too; returns `good`, or false if it could not be ended. */
bool reading_end(const struct reading *r, struct connection *c, bool good, struct error *e);
