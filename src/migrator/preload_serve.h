/*
 * The side of a preloaded interpreter, which calls this library (docs/migrators.md, "Started
 * once"). The interpreter has loaded what its program needs; from then on it forks for each
 * request. Everything about the process is done here, by the same functions as for a fresh
 * process; the interpreter puts its own variables right, and runs the program.
 */
#pragma once
#include <stdio.h>
#include <sys/types.h>

#define PRELOAD_API __attribute__((visibility("default")))

struct preload_interpreter {
    pid_t (*fork)(void); /* as the interpreter wants to be forked */
    /* In the child: makes it what a fresh interpreter is when it begins to run the program
       arguments[0]. Both lists are NULL-terminated, of NAME=VALUE the second. 0 on failure. */
    int (*prepare)(char **arguments, char **variables);
    /* Runs it to its end; 0 on success. */
    int (*run)(FILE *program, const char *name, int close, void *flags);
    void (*leave)(int status); /* ends the interpreter, and the process */
};

/* Says through the socket `channel` that everything is loaded. Copies `i`. */
PRELOAD_API void preload_ready(int channel, const struct preload_interpreter *i);

/*
 * Serves until the other end is gone, and does not return from that. Returns in a child whose
 * program has failed, for the interpreter to end as it does after a failure. The arguments are
 * ignored: an interpreter can call it as its own hook.
 */
PRELOAD_API int preload_serve(void *first, void *second, void *third);
