/*
 * Where throwaway databases are made: our embedded server, or one given by URL.
 *
 * On a server that is not ours the run holds a lease: a session-level advisory lock (PostgreSQL
 * manual, 13.3.5) that vanishes with the run, however it ends. Databases of runs whose lease
 * nobody holds are swept.
 */
#pragma once
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/cancel.h"
#include "base/error.h"
#include "ground/database_form.h"
#include "ground/embedded.h"
#include "ground/run_folder.h"
#include "postgres/connection.h"
#include "suite/suite.h"

struct server {
    bool is_embedded;
    struct embedded embedded;
    struct connection lease;
    char *url;            /* for ourselves: a database to work from */
    char *migrator_url;   /* for the migrator: on ours, of a role with fewer rights */
    char *port_url;       /* the same for a migrator that needs a port */
    char *display;        /* for messages: "embedded server", or the URL without its password */
    enum suite_role role; /* of the migrator */
    char *acting_role;    /* which it acts as, see shaped.h; NULL: the one it logs in with */
    struct database_form form; /* of databases that are made from nothing */
    int version;               /* 150020, as server_version_num; 0: it was not reached */
    const struct cancel *cancel;
};

/*
 * Connects to `url`, or with NULL starts an embedded one, of the folder `programs` or with NULL one
 * that has the suite's extensions if any installed server has, and takes the lease.
 */
bool server_open(struct server *s, const char *url, const char *programs, const struct suite *suite,
                 bool with_port, const struct run_folder *folder, const struct cancel *cancel,
                 struct error *e);

/* Refuses what cannot work: too old, no right to create databases, an extension not installed. */
bool server_check(struct server *s, const char *const *extensions, size_t count, struct error *e);

/*
 * Restarts an embedded server with shared_buffers of so many bytes, all else as it was; there must
 * be no other session. Not for a server that is not ours.
 */
bool server_set_buffers(struct server *s, uint64_t bytes, const struct run_folder *folder,
                        struct error *e);

/* Gives the lease back and stops an embedded server; a zeroed one is accepted. */
void server_close(struct server *s, bool keep);

/*
 * The first error that the embedded server logged for `database` since `offset` of its log, with
 * its SQLSTATE; false if there is none, or the server is not ours. Whatever the migrator said or
 * kept to itself, the server knows.
 */
bool server_logged_error(const struct server *s, const char *database, long offset,
                         struct error *found);

/* Whether it has logged an error with this SQLSTATE for `database` since then; false as above. */
bool server_logged_state(const struct server *s, const char *database, long offset,
                         const char *sqlstate);

/* Takes " at character N", which the server's log appends to a message, off its end and returns N;
   0: it is not there. */
size_t server_log_cut_position(char *message);

/* Where the server's log ends now; 0 on a server that is not ours. */
long server_log_offset(const struct server *s);
