/*
 * SIGINT, SIGTERM and SIGHUP become the run's cancel; everything then ends in its own order, with
 * its own cleaning up.
 */
#pragma once
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/cancel.h"

struct signals {
    pthread_t thread;
    const struct cancel *cancel;
    const struct cancel *again; /* raised by the second signal and those after it; or NULL */
    bool started;
    atomic_bool ended; /* the next signal is for the thread itself */
};

/* To be called before any other thread is started: they inherit the blocked signals. */
bool signals_watch(struct signals *s, const struct cancel *cancel);

/* First signal: orderly shutdown (`cancel`); second: immediate (`again`). */
bool signals_watch_twice(struct signals *s, const struct cancel *cancel,
                         const struct cancel *again);

/* The signals are left blocked: the program ends anyway. */
void signals_release(struct signals *s);
