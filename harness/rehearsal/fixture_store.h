/*
 * The databases of a leg that hold a fixture's rows: the first scenario that asks for a fixture
 * fills one, and every scenario works on a clone of it. Scenarios may ask at the same time. Rows
 * that one scenario alone is given are not shared: it fills its own database, which costs less than
 * a clone. What an upgrade costs is measured on a clone in any case: buffers would be filled
 * otherwise, and two runs could not be compared.
 */
#pragma once
#include "rehearsal/fixture_rows.h"

struct fixture_store;

struct fixture_store *fixture_store_new(void);

/* NULL is accepted. The databases go with the run, or with fixture_store_drop(). */
void fixture_store_free(struct fixture_store *s);

/* While it is walked: a scenario will be given these rows, or measures an upgrade on them. */
void fixture_store_expect(struct fixture_store *s, const struct suite_fixture *f, bool measures);

/* Whether scenarios work on clones of a database with these rows; not in a store that is NULL. */
bool fixture_store_shares(struct fixture_store *s, const struct suite_fixture *f);

/* NULL is accepted. Drops the databases, on a connection to the server. */
void fixture_store_drop(struct fixture_store *s, struct connection *c);

/*
 * The database with the fixture's rows, without a session in it, and what they came to; both are
 * the store's. NULL with the error if it could not be filled; the next one to ask tries again.
 */
const char *fixture_store_get(struct fixture_store *s, struct rehearsal *r,
                              const struct suite_fixture *f, const struct fixture_rows **rows,
                              struct error *e);
