/*
 * What a preloaded interpreter is asked for: to run one program as a fresh process would run it.
 * Both ends are ours, on the two sides of a socket.
 */
#pragma once
#include <stdbool.h>

#include "migrator/confinement.h"

struct preload_request {
    char *directory;  /* where the command runs */
    char **arguments; /* the first is the program's path; NULL-terminated */
    char **variables; /* NAME=VALUE, beside those that the interpreter has; NULL-terminated */
    bool confined;
    struct confinement confinement;
};

enum { PRELOAD_OUT, PRELOAD_ERR, PRELOAD_WAY, PRELOAD_FILES }; /* that go with a request */

/* False if the other end is gone. */
bool preload_request_send(int channel, const struct preload_request *r, const int *files);

/* Waits for the next one, which the caller releases, with its files, which the caller closes.
   False at the end. */
bool preload_request_receive(int channel, struct preload_request *r, int *files);

void preload_request_release(struct preload_request *r);
