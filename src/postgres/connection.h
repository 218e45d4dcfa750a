/*
 * A connection to PostgreSQL whose every wait can be cut short: by the run's cancel, or when the
 * server goes away. libpq does the work (PostgreSQL manual, 34.4 "Asynchronous Command
 * Processing"); nothing here prints.
 *
 * A failed call sets the error: ERROR_UNAVAILABLE with the server's SQLSTATE and primary message,
 * or ERROR_INTERRUPTED. Whether a failed query is rather a finding is for the caller to say.
 */
#pragma once
#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/cancel.h"
#include "base/error.h"

/*
 * Every value arrives as UTF-8, whatever the role or the database prefers; of a database without an
 * encoding as the bytes that it holds, since the server refuses to call them anything.
 */
#define CONNECTION_ENCODING(is_local)                                                              \
    "SELECT pg_catalog.set_config('client_encoding', CASE "                                        \
    "pg_catalog.current_setting('server_encoding') WHEN 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' " \
    "END, " is_local ")"

enum { CONNECTION_KEPT = 40 };

struct connection {
    PGconn *pg;                        /* NULL when closed */
    const struct cancel *cancel;       /* borrowed; may be NULL */
    const char *kept[CONNECTION_KEPT]; /* see kept_query.h */
    bool shared; /* a pooler may give each transaction another session: nothing is kept there */
};

/*
 * Connects, at most 15 seconds long. `cancel` may be NULL and must outlive the connection. A URL
 * that cannot be read is an ERROR_USAGE. Names that the server writes for us are in quotes only
 * where they have to be, and none of our statements is timed out, whatever the settings of the
 * database say.
 */
bool connection_open(struct connection *c, const char *url, const struct cancel *cancel,
                     struct error *e);

/* The same with all settings as the database gives them to everybody: for a migrator. */
bool connection_open_as_it_is(struct connection *c, const char *url, const struct cancel *cancel,
                              struct error *e);

/* The same to another database of the server that `other` is connected to. */
bool connection_open_beside(struct connection *c, const struct connection *other,
                            const char *database, struct error *e);

/* Closes; a closed or zeroed one is accepted. */
void connection_close(struct connection *c);

/*
 * Runs any number of statements in one simple query; their rows are thrown away. A COPY from STDIN
 * or to STDOUT among them is an error and closes the connection; so it is in connection_query().
 */
bool connection_run(struct connection *c, const char *sql, struct error *e);

/*
 * Runs one statement with text parameters ($1 …; NULL is the null value) and returns its result;
 * the caller clears it with PQclear(). NULL on failure.
 */
PGresult *connection_query(struct connection *c, const char *sql, size_t count,
                           const char *const *values, struct error *e);

/* The same of a statement whose result does not matter. */
bool connection_run_with(struct connection *c, const char *sql, size_t count,
                         const char *const *values, struct error *e);

/*
 * The first column of the first row as a string, to be freed; "" for null. No row at all is an
 * error.
 */
char *connection_value(struct connection *c, const char *sql, size_t count,
                       const char *const *values, struct error *e);

/*
 * A query that is asked often: prepared once under `name`, sent by connection_ask(), which returns
 * at once, and waited for by connection_answer(), whose result the caller clears. Nothing else may
 * be asked in between.
 */
bool connection_prepare(struct connection *c, const char *name, const char *sql, struct error *e);
bool connection_ask(struct connection *c, const char *name, size_t count, const char *const *values,
                    struct error *e);
PGresult *connection_answer(struct connection *c, struct error *e);

/*
 * What a statement would return, without running it: names and types of its columns, in a result
 * that the caller clears. Parameters get their types from where they stand.
 */
PGresult *connection_describe(struct connection *c, const char *sql, struct error *e);

/*
 * COPY, either way (PostgreSQL manual, 34.10). Begin with `COPY … TO STDOUT` or `COPY … FROM
 * STDIN`, then get or put until done, then end. `connection_copy_get` sets `*data` (to be freed
 * with PQfreemem) and returns its length in bytes, 0 at the end, -1 on failure.
 * `connection_copy_end` finishes writing; with `reason` not NULL it makes the COPY fail instead.
 * After a failed put, call connection_copy_end too: it gives the server's own message.
 */
bool connection_copy_begin(struct connection *c, const char *sql, struct error *e);
int connection_copy_get(struct connection *c, char **data, struct error *e);
bool connection_copy_put(struct connection *c, const char *data, size_t length, struct error *e);
bool connection_copy_end(struct connection *c, const char *reason, struct error *e);

/* `name` quoted as an identifier, also where the connection is closed; the caller frees it with
 * free(). */
char *connection_identifier(const struct connection *c, const char *name);

/*
 * The names as one value of type text[], for a parameter (PostgreSQL manual, 8.15.6), NULL being
 * null; the caller frees it.
 */
char *connection_array(const char *const *names, size_t count);
