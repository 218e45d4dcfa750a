/*
 * A few lines at the foot of a terminal, redrawn in place ten times a second by a thread of their
 * own, while permanent lines pass above them. The cursor is never hidden, so there is nothing to
 * restore should the process die. All functions may be called from any thread.
 */
#pragma once
#include <pthread.h>
#include <stdio.h>

#include "reports/terminal.h"

struct live_line {
    char *name;   /* valid text */
    char *what;   /* what it is at, valid text with marks; may be "" */
    double begun; /* on the monotonic clock */
    bool running;
};

struct live_view {
    FILE *out;
    struct terminal terminal;
    struct live_line *lines;
    size_t count;
    char *footer;  /* valid text with marks */
    size_t *drawn; /* the columns of each line that is on the screen */
    size_t drawn_count;
    size_t frame; /* of the spinner */
    size_t name_columns;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    pthread_t thread;
    bool ticking, stopping;
};

/* Starts with nothing to show. False, with errno set, if no thread can be had. */
bool live_view_start(struct live_view *v, FILE *out, struct terminal terminal, size_t name_columns);

/* Begins or changes the line `index` (any number; lines are shown in its order). */
void live_view_begin(struct live_view *v, size_t index, const char *name);

/* `now`: without waiting for the next tick; for what happens seldom. */
void live_view_tell(struct live_view *v, size_t index, const char *what, bool now);

/*
 * Takes the line away and prints `line`, valid text with marks (NULL: nothing), above the others
 * for good.
 */
void live_view_end(struct live_view *v, size_t index, const char *line);
void live_view_print(struct live_view *v, const char *line);
void live_view_foot(struct live_view *v, const char *footer);

/* Ends the thread and takes every line away; does nothing if it was not started. */
void live_view_stop(struct live_view *v);
