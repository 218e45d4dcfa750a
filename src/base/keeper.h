/*
 * The keeper of a command: a process between us and the command to which everything comes that the
 * command started, in whichever session, once its own parent has ended (prctl(2),
 * PR_SET_CHILD_SUBREAPER). It ends all of that after the command, and when we die.
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct keeper {
    pid_t pid;     /* of the keeper */
    pid_t command; /* of the command, which leads a process group of its own */
    bool is_ours;  /* our child; else another process's */
    int way;       /* readable once the command has ended, or the keeper; -1: none */
};

/* What a keeper keeps. */
struct keeper_work {
    /* In the command's process, with the default signal handlers; must not return. Only
       async-signal-safe calls. */
    void (*become)(void *context);
    void *context;
    bool daemons_may_stay; /* nothing but the command's process group ends with it */
    bool outlives_thread;  /* it ends with us, and not with the thread that starts it */
};

/* Starts both. False with errno set. */
bool keeper_start(struct keeper *k, const struct keeper_work *work);

/*
 * For a process without other threads that has been forked to be a keeper: it starts the command
 * by `fork` and answers through `way`, where keeper_start() would read it; `parent` is the process
 * that it ends with. The command counts as started once it has written a byte to `ready[1]`; both
 * ends are the caller's, and those that it does not need are closed. Returns nowhere but in the
 * command's process, by longjmp(3) out of `become`.
 */
_Noreturn void keeper_serve(pid_t parent, int way, const int ready[2], pid_t (*fork)(void),
                            const struct keeper_work *work);

/*
 * The keeper that keeper_serve() has made in another process, once it has answered through `way`,
 * which is taken over. False where it did not start its command.
 */
bool keeper_meet(struct keeper *k, int way);

/*
 * Waits until the command and what it has left are gone, and returns the command's status as
 * waitpid(2) does. A keeper that was killed takes the command with it: SIGKILL.
 */
int keeper_wait(struct keeper *k);
