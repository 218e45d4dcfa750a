/* Who else is connected to a database. */
#pragma once
#include "postgres/connection.h"

/*
 * Waits until no client but ourselves is connected to `database`, at most `limit` seconds. True
 * when they are gone; `*who` (to be freed) is NULL then, else it says who is there still. The
 * error is set only if that could not be asked.
 */
bool sessions_wait_until_gone(struct connection *c, const char *database, double limit, char **who,
                              struct error *e);
