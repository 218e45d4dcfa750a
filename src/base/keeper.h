/*
 * The keeper of a command: a process between us and the command to which everything comes that the
 * command started, in whichever session, once its own parent has ended (prctl(2),
 * PR_SET_CHILD_SUBREAPER). It ends all of that after the command, and when we die.
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct keeper {
    pid_t pid;     /* of the keeper, our child */
    pid_t command; /* of the command, which leads a process group of its own */
    int way;       /* readable once the command has ended, or the keeper; -1: none */
};

/*
 * Starts both. In the command's process, `become(context)` is called with the default signal
 * handlers and must not return; only async-signal-safe calls. With `daemons_may_stay`, nothing but
 * its process group ends with the command. False with errno set.
 */
bool keeper_start(struct keeper *k, bool daemons_may_stay, void (*become)(void *context),
                  void *context);

/*
 * Waits until the command and what it has left are gone, and returns the command's status as
 * waitpid(2) does. A keeper that was killed takes the command with it: SIGKILL.
 */
int keeper_wait(struct keeper *k);
