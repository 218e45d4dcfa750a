/*
 * What the databases of a cluster share, as the rows of the system's catalogs, and put back as
 * such: each role has its OID again, and its password. For a server of ours alone: the connection
 * is a superuser's that has set allow_system_table_mods (PostgreSQL manual, 20.17).
 */
#pragma once
#include "postgres/connection.h"

/* As JSON, to be freed: equal texts, equal states. `*has_roles`: there are others than the server's
   own, ours and the migrator's. */
char *shared_state_read(struct connection *c, bool *has_roles, struct error *e);

/* Puts such a state in place. What a migrator dropped, and no row can bring back, is an error. */
bool shared_state_put(struct connection *c, const char *state, struct error *e);
