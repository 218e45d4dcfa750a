/*
 * A database's URL that says everything itself. libpq takes what a URL leaves open from PGHOST,
 * PGPORT, PGUSER and PGDATABASE; migrators and pg_dump do so in ways of their own. Whoever is to
 * change one database, and no other, tells everybody the same.
 */
#pragma once
#include "base/error.h"

/*
 * `string` with host, port, user and database filled in as libpq would (PostgreSQL manual, 34.15
 * "Environment Variables"); the caller frees it. NULL, with an ERROR_USAGE, for an unreadable URL,
 * and where PGHOSTADDR or PGSERVICE would lead us elsewhere than the URL does.
 */
char *whole_url(const char *string, struct error *e);
