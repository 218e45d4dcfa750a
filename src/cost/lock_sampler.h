/*
 * Looks at pg_locks every few milliseconds, in a thread of its own, while a statement takes long,
 * and guards the lock ledger, into which the boundaries are entered too.
 */
#pragma once
#include <pthread.h>
#include <stdatomic.h>

#include "cost/lock_ledger.h"

enum { SAMPLER_MOST_RUNNING = 16 }; /* statements at a time; more of them are not sampled */

struct lock_sampler {
    struct connection connection;
    pthread_t thread;
    bool started;
    atomic_bool stop;
    pthread_mutex_t lock; /* of what follows */
    struct lock_ledger ledger;
    struct lock_moment running[SAMPLER_MOST_RUNNING];
    size_t running_count;
    bool overlapped; /* two statements ran at the same time */
};

/* `url` is of any database of the server. On failure there is nothing to stop. */
bool lock_sampler_start(struct lock_sampler *s, const char *url, const struct cancel *cancel,
                        struct error *e);

/* A statement begins; of `m`, statement, backend and started count, and in_transaction. */
void lock_sampler_begin(struct lock_sampler *s, const struct lock_moment *m);

/* It has ended; returns when it was last looked at, 0: never. */
double lock_sampler_end(struct lock_sampler *s, size_t statement);

/* See lock_ledger_boundary(). `*strong`: the backend holds a lock that keeps writers waiting. */
bool lock_sampler_boundary(struct lock_sampler *s, const PGresult *rows, int first,
                           const struct lock_moment *m, bool *strong);

/* Ends the thread; from then on the ledger may be read. A second call is accepted. */
void lock_sampler_stop(struct lock_sampler *s);

void lock_sampler_release(struct lock_sampler *s);
