/*
 * One revision, up or down, in one transaction: its steps, its version row, its log lines.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "migrate/migration_log.h"
#include "migrate/revision_file.h"
#include "migrate/version_table.h"
#include "postgres/connection.h"

/* The exit codes of the program. */
enum migrate_status {
    MIGRATE_DONE = 0,
    MIGRATE_FAILED = 1,      /* the migration itself failed and was rolled back */
    MIGRATE_USAGE = 2,       /* the command line is wrong, or the chain, or it does not fit */
    MIGRATE_UNAVAILABLE = 3, /* no database, a lost connection, interrupted */
};

enum direction { DIRECTION_UP, DIRECTION_DOWN };

struct transition {
    struct connection *connection;
    const struct migration_log *log;
    struct version_table *versions; /* as it was read under the lock; kept up to date */
    enum direction direction;
    const struct revision *revision;
    bool first; /* of this run: if it fails, nothing at all was changed */
};

/*
 * Runs it. For MIGRATE_FAILED the log has told everything; for the others but DONE the error is
 * set.
 */
enum migrate_status transition_run(const struct transition *t, struct error *e);
