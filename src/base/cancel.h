/*
 * A request to stop that every wait hears. One is shared by all threads of a run; whoever waits
 * polls `fd` for reading beside what it waits for. It is never taken back.
 */
#pragma once
#include <stdbool.h>

struct cancel {
    int fd; /* an eventfd, readable once raised; -1 when not open */
};

/* False, with errno set, if no file descriptor can be had. */
bool cancel_init(struct cancel *c);

/* May be called from any thread and from a signal handler. */
void cancel_raise(const struct cancel *c);

/* A NULL `c` is never raised. */
bool cancel_is_raised(const struct cancel *c);

void cancel_release(struct cancel *c);
