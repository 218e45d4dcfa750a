/* A run's lease on a server: an advisory lock that nobody else holds and that dies with it. */
#pragma once
#include <stdbool.h>

#include "postgres/connection.h"

/* Takes the lease of the run on this connection, for as long as the connection lives. */
bool lease_take(struct connection *c, const char *run_id, struct error *e);

/* Whether anybody on this server holds the lease of the run; an error counts as yes. */
bool lease_is_held(struct connection *c, const char *run_id);
