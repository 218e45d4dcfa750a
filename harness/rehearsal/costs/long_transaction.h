/*
 * A long transaction in the way of a migration: it has read some tables, and ends only some time
 * after somebody has begun to wait for it and others have come behind.
 */
#pragma once
#include "rehearsal/costs/probes.h"
#include "rehearsal/lock_watch.h"

struct long_transaction {
    struct connection connection;
    struct lock_watch watch;
    double hold; /* seconds that it goes on, once somebody waits and the probes have come */
    struct probes *probes;
    atomic_bool stop; /* set by long_transaction_end() */
    pthread_t thread;
    bool started;
};

/* On failure there is nothing to end. */
bool long_transaction_begin(struct long_transaction *t, const char *url, char *const *tables,
                            size_t count, double hold, struct probes *probes,
                            const struct cancel *cancel, struct error *e);

/* Ends it, if it has not ended; whether anybody was seen to wait for it. */
bool long_transaction_end(struct long_transaction *t);
