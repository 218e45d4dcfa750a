/*
 * What the scenarios of one run share: all of it is set before the first of them starts and only
 * read from then on, but for the record (each scenario writes to its own part) and the observers.
 */
#pragma once
#include <pthread.h>

#include "ground/ground.h"
#include "record/observer.h"
#include "record/record.h"

struct certification;

struct run {
    struct ground ground;
    bool approve;    /* write the delta found as the approved one, instead of comparing */
    char **left_out; /* scenarios that are no use for the suite: "NAME: why" */
    size_t left_out_count;
    struct certification *certification; /* NULL: nothing is certified */
    struct run_record *record;
    double started;              /* clock_seconds() */
    pthread_mutex_t *announcing; /* held while an observer is called */
    struct observer observers[2];
    size_t observer_count;
};

/* Calls `member` of every observer that has it, one thread at a time. */
#define run_announce(run, member, ...)                                                             \
    do {                                                                                           \
        pthread_mutex_lock((run)->announcing);                                                     \
        for (size_t o_ = 0; o_ < (run)->observer_count; o_++)                                      \
            if ((run)->observers[o_].member)                                                       \
                (run)->observers[o_].member((run)->observers[o_].context, __VA_ARGS__);            \
        pthread_mutex_unlock((run)->announcing);                                                   \
    } while (0)
