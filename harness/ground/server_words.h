/* What the embedded server's log holds about the error that a migrator ended with. */
#pragma once
#include "ground/server.h"
#include "migrator/migrator.h"

/* Zero-initialised it is empty and valid. */
struct server_words {
    char *text;      /* its lines ERROR, DETAIL, HINT, QUERY and CONTEXT; NULL: none */
    char *statement; /* that failed, as the client sent it; NULL: not known */
    size_t position; /* of the error in the statement, in characters from 1; 0: not known */
};

/*
 * Reads the log from `offset` on for the first error of the database that the migrator repeats: it
 * may bear others, as when it asks for a table that is not there. Where the server is not embedded,
 * nothing is found.
 */
void server_words_read(struct server_words *w, const struct server *s, const char *database,
                       long offset, const struct migrator_result *result);

void server_words_release(struct server_words *w);
