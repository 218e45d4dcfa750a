/*
 * The databases of a leg that hold a fixture's rows: the first scenario that asks for a fixture
 * fills one, and every scenario works on a clone of it. Scenarios may ask at the same time.
 */
#pragma once
#include "rehearsal/fixture_rows.h"

struct fixture_store;

struct fixture_store *fixture_store_new(void);

/* NULL is accepted. The databases go with the run, or with fixture_store_drop(). */
void fixture_store_free(struct fixture_store *s);

/* Drops the databases, on a connection to the server. */
void fixture_store_drop(struct fixture_store *s, struct connection *c);

/*
 * The database with the fixture's rows, without a session in it, and what they came to; both are
 * the store's. NULL with the error if it could not be filled; the next one to ask tries again.
 */
const char *fixture_store_get(struct fixture_store *s, struct rehearsal *r,
                              const struct suite_fixture *f, const struct fixture_rows **rows,
                              struct error *e);
