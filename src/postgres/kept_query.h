/*
 * Queries whose plan the session keeps: to plan a query of the catalogs takes several times as long
 * as to execute it.
 */
#pragma once
#include "postgres/connection.h"

/*
 * Like connection_query(), for a query that is asked more than once on many a connection. `sql` is
 * known by its address, so it has to outlive the connection. Where a pooler may give each
 * transaction another session, and past CONNECTION_KEPT queries, no plan is kept.
 */
PGresult *kept_query(struct connection *c, const char *sql, size_t count, const char *const *values,
                     struct error *e);
