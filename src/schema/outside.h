/*
 * What a migration may change beside the schema: what the server keeps for the database (settings,
 * grants on it, replication slots, prepared transactions, subscriptions), and what all databases of
 * the server share (roles, memberships, tablespaces …). Written as lines of a snapshot:
 * docs/snapshot.md; where they come from: src/schema/sql/outside_*.sql.
 */
#pragma once
#include "schema/snapshot.h"

enum outside_scope {
    OUTSIDE_NONE,
    OUTSIDE_OF_DATABASE, /* others work on the server too, and change what is shared */
    OUTSIDE_SHARED,      /* what is not the database's own; only for a superuser */
    OUTSIDE_OF_CLUSTER,  /* all of it */
};

/* Adds them to the snapshot of the connected database, as an open transaction sees them. */
bool outside_add(struct connection *c, enum outside_scope which, struct snapshot *s,
                 struct error *e);
