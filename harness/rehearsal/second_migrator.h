/* A second migrator, started while the first one stands still between two statements. */
#pragma once
#include <pthread.h>
#include <stdatomic.h>

#include "rehearsal/run.h"
#include "relay/ledger.h"

/* The first part is set by the caller, zero-initialised for the rest. */
struct second_migrator {
    const struct run *run;
    const char *revision;      /* to upgrade to */
    const char *database;      /* its name */
    const char *url;           /* of the database, for the migrator */
    struct connection *server; /* to ask who waits there */
    double time_limit;         /* seconds for the migrator */
    double longest_wait;       /* until it has ended or waits; it may do neither, and poll */
    pthread_t thread;
    bool started;
    _Atomic bool ended;
    bool ran; /* the result is one */
    struct migrator_result result;
    struct error error;
};

/*
 * Starts it, and waits until it has ended or waits for a lock of the first one. A `struct
 * second_migrator` as the context of an interruption's `instead`.
 */
void second_migrator_start(void *second);

/* Waits for its end; false with the error where it could not be run. */
bool second_migrator_join(struct second_migrator *second, struct error *e);

void second_migrator_release(struct second_migrator *second);

/*
 * The number of the statement before which the first one is to stand still: it has read what was
 * done, and has not begun to do the rest. 0 for an empty ledger.
 */
size_t second_migrator_moment(const struct ledger *l, const struct suite_migrator *definition);
