/*
 * SQL run as it stands in a file, with everything that the server says of a failure kept
 * (PostgreSQL manual, 34.3.2 "PQresultErrorField"). Its notices go to the notice receiver.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "postgres/connection.h"

enum statement_outcome {
    STATEMENT_DONE,
    STATEMENT_REFUSED,     /* the server reported an error; the connection is intact */
    STATEMENT_LOST,        /* the connection is gone */
    STATEMENT_INTERRUPTED, /* by the cancel; the statement is stopped, the connection is intact */
};

struct statement_failure {
    char sqlstate[6];
    char *message; /* one line each; NULL where there is none */
    char *detail;
    char *hint;
    char *context;
    size_t position;  /* in characters, from 1, within the SQL; 0: not known */
    size_t completed; /* statements before the one that failed */
    size_t line;      /* of the file, if known; else 0 */
};

/* Runs any number of statements in one simple query. `f` is set unless it is done. */
enum statement_outcome statement_run(struct connection *c, const char *sql,
                                     struct statement_failure *f);

void statement_failure_release(struct statement_failure *f);
