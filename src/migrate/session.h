/* A migration run's connection: set up, locked against other runs, its place in the chain read. */
#pragma once
#include "migrate/chain.h"
#include "migrate/commands.h"
#include "migrate/version_table.h"
#include "postgres/connection.h"

struct session {
    const struct chain *chain;         /* borrowed */
    const struct layout_rules *layout; /* borrowed */
    const struct migration_log *log;   /* borrowed; gets the server's notices too */
    const char *database;              /* borrowed */
    struct connection connection;
    struct version_table versions;
    bool *applied; /* one for each revision of the chain */
    size_t place;  /* of the newest that is applied */
};

/* Connects; ERROR_USAGE if nobody said to what. Close it in any case. */
bool session_open(struct session *s, const struct migrate_request *request,
                  const struct chain *chain, const struct layout *layout, struct error *e);

/*
 * Takes the lock that keeps two migrations of one database apart, until the session is closed;
 * waits for it if it must, and says so. What was read before is stale.
 */
bool session_lock(struct session *s, struct error *e);

/* Reads which revisions the database has, and where it is. */
bool session_read(struct session *s, struct error *e);

/*
 * Makes ready for running something: ERROR_USAGE if the tool would refuse to go on; makes the
 * version table, where the layout wants it before anything else.
 */
bool session_prepare(struct session *s, struct error *e);

void session_close(struct session *s);
