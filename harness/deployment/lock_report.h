/*
 * Who keeps a migrator waiting: watched from a thread of its own while it runs, through
 * pg_stat_activity and pg_blocking_pids() (PostgreSQL manual, 9.26 and 28.2.3).
 */
#pragma once
#include <pthread.h>
#include <stdatomic.h>

#include "postgres/connection.h"

/* Called from the watching thread, once for every blocker that was not seen in the look before. */
typedef void lock_report_fn(void *context, const char *who);

struct lock_report {
    struct connection connection;
    const char *application; /* borrowed */
    lock_report_fn *tell;
    void *context;
    char *last; /* the blockers of the last look that saw any, on one line; NULL: nobody */
    atomic_bool stop;
    pthread_t thread;
    bool started;
};

/* `url` is of the database in which the migrator works, `application` the name of its sessions. */
bool lock_report_begin(struct lock_report *r, const char *url, const char *application,
                       lock_report_fn *tell, void *context, struct error *e);

/* Ends the thread. The blockers that were seen last, to be freed; NULL if there were none. */
char *lock_report_end(struct lock_report *r);
