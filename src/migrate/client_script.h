/* A part that holds commands of psql, run by psql. */
#pragma once
#include "base/cancel.h"
#include "migrate/migration_log.h"
#include "migrate/revision_file.h"
#include "migrate/statement.h"

struct client_script {
    const struct migration_part *part;
    const char *database;
    const struct migration_log *log; /* gets what psql prints */
    const struct cancel *cancel;
    bool one_transaction;
};

/*
 * Runs the part's only step in its file's folder; it stops at the first error. `f` is set as
 * statement_run() sets it, with the line of the file. Without psql on the PATH, or if it cannot
 * read the URL, the error is set, and the outcome means nothing.
 */
enum statement_outcome client_script_run(const struct client_script *s, struct statement_failure *f,
                                         struct error *e);
