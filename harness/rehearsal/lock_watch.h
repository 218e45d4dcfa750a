/*
 * Watches from a thread of its own whether somebody waits for a lock that a given session holds.
 */
#pragma once
#include <pthread.h>
#include <stdatomic.h>

#include "base/cancel.h"
#include "base/error.h"
#include "postgres/connection.h"

struct lock_watch {
    struct connection connection;
    int holder;          /* the pid of the backend that holds it */
    atomic_bool stop;    /* set by lock_watch_end() */
    atomic_bool waiting; /* somebody was seen to wait */
    pthread_t thread;
    bool started;
};

/* `url` is of the holder's database. On failure there is nothing to end. */
bool lock_watch_begin(struct lock_watch *w, const char *url, const struct connection *holder,
                      const struct cancel *cancel, struct error *e);

/* Ends the thread; whether anybody was seen to wait. */
bool lock_watch_end(struct lock_watch *w);
