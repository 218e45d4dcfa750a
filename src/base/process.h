/*
 * A child process, watched until it ends: its output captured line by line, its time limited.
 * Nothing that it started survives this call, in whichever session, except for the services of a
 * command that starts some.
 */
#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/cancel.h"
#include "base/child_environment.h"
#include "base/error.h"
#include "base/keeper.h"
#include "base/text.h"

/* Called for every line of output as it arrives, without its line end; `seconds` since start. */
typedef void process_line_fn(void *context, double seconds, bool on_stderr, const char *line);

struct process_request {
    const char *command;            /* for /bin/sh -c */
    const char *directory;          /* where it runs; NULL: here */
    enum child_sees sees;           /* which of our variables */
    const char *const *environment; /* NAME=VALUE to set, NAME to unset; NULL-terminated, or NULL */
    double time_limit;              /* seconds; 0: none. Past it: SIGTERM, then SIGKILL */
    /*
     * Seconds for which its processes may do nothing at all, or a process of them may be stopped
     * (at most 5 of those); 0: as long as they like. Where nothing is done, `is_served` is asked
     * whether somebody else works for it; NULL: nobody does.
     */
    double quiet_limit;
    bool (*is_served)(void *served_context);
    void *served_context;
    size_t output_limit;         /* bytes kept of each stream; 0: 16 MiB */
    const struct cancel *cancel; /* may be NULL */
    _Atomic pid_t *group;        /* told its process group while it lives, else 0; or NULL */
    bool daemons_may_stay;       /* what left its process group outlives it: a service */
    process_line_fn *on_line;    /* may be NULL */
    void *context;
    /* Called in the child before it becomes the command; only async-signal-safe calls. Where it
       returns false the child ends with status 126. May be NULL. */
    bool (*enter)(void *enter_context);
    void *enter_context;
    /*
     * Another way to start it, for which it is the caller's to do all of the above: the command
     * writes to `out` and `err`. Where it returns false, nothing has been started, and the command
     * is started here. May be NULL.
     */
    bool (*start)(void *start_context, int out, int err, struct keeper *k);
    void *start_context;
};

enum process_ending {
    PROCESS_EXITED,
    PROCESS_SIGNALLED, /* by somebody else */
    PROCESS_TIMED_OUT, /* stopped by us at its time limit */
    PROCESS_STOPPED,   /* ended by us, since somebody had stopped it (SIGSTOP) */
    PROCESS_STUCK,     /* ended by us at its quiet limit */
};

struct process_result {
    enum process_ending ending;
    int status;         /* the exit status or the signal's number */
    double started;     /* clock_seconds() */
    double seconds;     /* from start to end */
    struct text output; /* standard output, NUL bytes replaced, at most output_limit */
    struct text log;    /* standard error and output as they came, the same limit */
    bool cut;           /* output was longer than what is kept */
};

/*
 * Runs it to its end. False only when it could not be run or was interrupted by the cancel; how
 * it ended is in the result, which the caller releases in any case.
 */
bool process_run(const struct process_request *request, struct process_result *result,
                 struct error *e);

void process_result_release(struct process_result *result);

/* Whether it exited, and with status 0. */
bool process_succeeded(const struct process_result *result);

/* "exited with status 3", "died of signal 11 (Segmentation fault)", …; the caller frees it. */
char *process_ending_text(const struct process_result *result);
