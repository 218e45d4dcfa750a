/* A migration run's connection: set up, locked against other runs, its place in the chain read. */
#pragma once
#include "migrate/chain.h"
#include "migrate/commands.h"
#include "migrate/version_table.h"
#include "postgres/connection.h"

struct session {
    const struct chain *chain;       /* borrowed */
    const struct migration_log *log; /* borrowed; gets the server's notices too */
    struct connection connection;
    struct version_table versions;
    size_t place;
};

/* Connects; ERROR_USAGE if nobody said to what. Close it in any case. */
bool session_open(struct session *s, const struct request *request, const struct chain *chain,
                  struct error *e);

/*
 * Takes the lock that keeps two migrations of one database apart, until the session is closed;
 * waits for it if it must, and says so. What was read before is stale.
 */
bool session_lock(struct session *s, struct error *e);

/* Reads where the database stands. */
bool session_read(struct session *s, struct error *e);

void session_close(struct session *s);
