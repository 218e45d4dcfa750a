/* A database that its owner named: it is not ours, and nothing of it is made or dropped. */
#pragma once
#include "base/cancel.h"
#include "postgres/connection.h"

/*
 * Connects to it, for commands that ask or fill it. `read_only`: the server refuses every write of
 * the session. What goes wrong here, or with the connection later, never speaks against a
 * migration. Close the connection in any case.
 */
bool given_database_open(struct connection *c, const char *url, bool read_only,
                         const struct cancel *cancel, struct error *e);
