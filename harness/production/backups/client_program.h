/*
 * PostgreSQL's client programs: found in the right version, and run against a database without
 * its password on their command line.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/cancel.h"
#include "base/error.h"
#include "base/process.h"

/*
 * The path of `name` ("pg_dump"), of the major version of the server (150020) if it is installed,
 * else of the next newer one: pg_dump refuses a newer server, and what pg_restore of a newer
 * version says an older server may not understand. Of psql, which talks to any, else the newest of
 * the older ones. 0 for the newest there is. Looked for beside
 * the installed servers, then on PATH. NULL, with ERROR_UNAVAILABLE, where there is none; the
 * caller frees it.
 */
char *client_program_find(const char *name, int server_version, struct error *e);

/*
 * The line in the head of what pg_dump and pg_restore write since 17, which servers before 17
 * refuse and can do without; and " | sed …", which takes it out of there.
 */
#define CLIENT_PROGRAM_NEW_LINE "SET transaction_timeout = 0;"
extern const char client_program_without_new_line[];

bool client_program_line_is_refused(int server_version);

/* Whether the server refuses the line and this program writes it. */
bool client_program_is_ahead(const char *program, int server_version);

/*
 * " --dbname 'URL'" without the password, which goes into the environment when the program is run.
 * ERROR_USAGE for a URL with another secret in it, which could only be handed over in sight of
 * everybody who lists the processes.
 */
bool client_program_append_url(struct text *command, const char *url, struct error *e);

enum { CLIENT_PROGRAM_GROWTH = 12 }; /* how many times a dump's size its rows may be, unpacked */

/* Called about five times a second, on the caller's thread. */
typedef void client_program_tick_fn(void *context);

struct client_program_request {
    const char *name;    /* for messages: "pg_dump" */
    const char *command; /* for /bin/sh -c */
    const char *url;     /* whose password it gets; or NULL */
    const char *mark;    /* NAME=VALUE; or NULL */
    const struct cancel *cancel;
    uint64_t bytes; /* that it reads or writes, roughly: for those it may take an hour, and a second
                       more for each MB; then it is ended. 0: an hour */
    const char *proof; /* the line of output that only success writes; NULL: the status tells */
    bool is_ahead;     /* that the server refuses the new line is not an error */
    process_line_fn *on_line;     /* on another thread, if there is a tick; or NULL */
    client_program_tick_fn *tick; /* or NULL */
    void *context;                /* of both */
};

/*
 * Runs it to its end; anything but exit status 0, or no `proof`, is an ERROR_UNAVAILABLE with the
 * first error that it told; what else it wrote went to `on_line`.
 */
bool client_program_run(const struct client_program_request *request, struct error *e);
