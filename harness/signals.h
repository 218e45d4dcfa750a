/*
 * SIGINT, SIGTERM and SIGHUP become the run's cancel; everything then ends in its own order, with
 * its own cleaning up.
 */
#pragma once
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>

#include "cancel.h"

struct signals {
    pthread_t thread;
    const struct cancel *cancel;
    bool started;
};

/* To be called before any other thread is started: they inherit the blocked signals. */
bool signals_watch(struct signals *s, const struct cancel *cancel);

/* The signals are left blocked: the program ends anyway. */
void signals_release(struct signals *s);
