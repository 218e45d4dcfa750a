/* A run's lease on a server: an advisory lock that nobody else holds and that dies with it. */
#pragma once
#include <stdbool.h>

#include "postgres/connection.h"

/* Takes the lease of the run on this connection, for as long as the connection lives. */
bool lease_take(struct connection *c, const char *run_id, struct error *e);

/* Gives it back before the connection ends. */
bool lease_release(struct connection *c, const char *run_id, struct error *e);

/* Whether anybody on this server holds the lease of the run; an error counts as yes. */
bool lease_is_held(struct connection *c, const char *run_id);

/*
 * A lease that many sessions share, for what they use together; waits for one that has it alone. As
 * long as anybody has it, no sweep takes what carries the id.
 */
bool lease_share(struct connection *c, const char *run_id, struct error *e);

/* Gives the share back. True if nobody else has one: the session now has the lease alone. */
bool lease_is_last(struct connection *c, const char *run_id);

/* One session at a time makes what is shared; the others wait. */
bool lease_begin_making(struct connection *c, const char *run_id, struct error *e);
bool lease_end_making(struct connection *c, const char *run_id, struct error *e);
