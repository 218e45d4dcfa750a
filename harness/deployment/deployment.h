/*
 * A deployment file: how the services around a database are stopped and started, and what shows
 * that they are well. docs/deploy.md explains every key. It is data of a place, not of a
 * migration: hosts and services differ, so it may be given instead of the suite's own.
 *
 * Commands are for /bin/sh. In URLs, headers and bodies ${NAME} stands for a variable of the
 * environment (expansion.h), so that no secret has to be in the file.
 */
#pragma once
#include <stdbool.h>

#include "base/error.h"

/* A request over HTTP that has to be answered so. */
struct deployment_probe {
    char *name; /* "search queries work" */
    char *method;
    char *url;
    char **headers; /* "Name: value" */
    unsigned header_count;
    char *body;       /* or NULL */
    int status;       /* expected; 0 in the file: 200 */
    char *matches;    /* extended regex for the body; NULL: any */
    double latency;   /* seconds, the most that counts as well; 0: not asked */
    double deadline;  /* seconds within which it has to succeed */
    double pause;     /* seconds between two tries */
    unsigned retries; /* tries after the first; 0: until the deadline */
    bool before; /* it holds at the baseline too: tried before the deployment, after a rollback */
};

/* A log of the application: a file, or a command that follows one. */
struct deployment_log {
    char *name;
    char *file, *command; /* just one of the two */
    char *errors;         /* extended regex of a line that is an error */
    char *ignore;         /* extended regex of lines that are none all the same; or NULL */
    double seconds;       /* to watch it after the start */
};

struct deployment {
    char *path;             /* of the file; not in it */
    char *stop, *start;     /* commands */
    char *running;          /* exits with 0 if the service is up; or NULL */
    double command_limit;   /* seconds for each of these */
    char *backup_folder;    /* relative to the output folder */
    bool backup_after_stop; /* nothing can be written between the backup and the upgrade */
    double lock_timeout;    /* seconds that the migrator waits for a lock; 0: no limit */
    unsigned lock_retries;  /* further tries after it gave up for a lock */
    double lock_pause;      /* seconds before the first of them; doubles each time */
    double lock_pause_most; /* at most */
    double session_limit;   /* seconds to wait for sessions of a migrator that died */
    struct deployment_probe *probes;
    unsigned probe_count;
    struct deployment_log *logs;
    unsigned log_count;
};

/* A mistake in the file is an ERROR_USAGE that names file, key and what was expected. NULL then. */
struct deployment *deployment_load(const char *path, struct error *e);

void deployment_free(struct deployment *d);
