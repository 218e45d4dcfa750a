/*
 * One revision, up or down, by the transaction rules of its layout: its steps, its version rows,
 * its log lines.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "migrate/layout.h"
#include "migrate/migration_log.h"
#include "migrate/revision_file.h"
#include "migrate/version_table.h"
#include "postgres/connection.h"

/* The exit codes of the program. */
enum migrate_status {
    MIGRATE_DONE = 0,
    MIGRATE_FAILED = 1,      /* the migration itself failed, or has no way back */
    MIGRATE_USAGE = 2,       /* the command line is wrong, or the chain, or it does not fit */
    MIGRATE_UNAVAILABLE = 3, /* no database, a lost connection, interrupted */
};

enum direction { DIRECTION_UP, DIRECTION_DOWN };

struct transition {
    struct connection *connection;
    const char *database; /* its URL, for psql */
    const struct migration_log *log;
    const struct layout_rules *rules;
    struct version_table *versions; /* as it was read under the lock; kept up to date */
    enum direction direction;
    const struct revision *revision;
    const struct revision *previous; /* the revision before it in the chain; NULL: the base */
    bool repeatable;
    bool first, last;     /* of this run */
    const char *stays_at; /* where the database is if all of this run is rolled back */
};

/*
 * Runs it. For MIGRATE_FAILED the log has reported everything; for the others but DONE the error is
 * set. A revision without a way down is MIGRATE_FAILED, with the error set.
 */
enum migrate_status transition_run(const struct transition *t, struct error *e);
