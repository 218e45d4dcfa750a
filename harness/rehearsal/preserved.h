/*
 * The tables whose rows have to stay: those that the suite names, or every table but the migrator's
 * own where it names none.
 */
#pragma once
#include "rehearsal/rehearsal.h"
#include "schema/outside.h"
#include "schema/row_versions.h"

/* Whether the suite names them, so that each can have a check of its own. */
bool preserved_are_named(const struct rehearsal *r);

/* What beside the schema is compared: on a server of others only what is the database's own. */
enum outside_scope preserved_outside(const struct rehearsal *r);

/* The schema and the row versions of the rehearsal's database without the migrator's own tables. */
bool preserved_snapshot(struct rehearsal *r, struct snapshot *s, struct error *e);
bool preserved_versions(struct rehearsal *r, const struct row_versions *since,
                        struct row_versions *v, struct error *e);
