/*
 * What the processes of a group have done so far, as the kernel counts it (proc(5)): whether a
 * child that says nothing is at work, waits, or is stopped.
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct group_activity {
    unsigned long long done; /* grows with all that they do: processor time, and each time that one
                                falls asleep or loses the processor */
    bool stopped;            /* one of them is in the stopped state (SIGSTOP) */
};

/* Of the process group; all 0 where there is no /proc, or nobody is left. */
struct group_activity group_activity_read(pid_t group);

enum group_state { GROUP_WORKS, GROUP_IS_QUIET, GROUP_IS_STOPPED };

struct group_watch {
    pid_t group;
    double quiet_limit; /* seconds; 0: nobody looks */
    double next;        /* clock_seconds() of the next look; 0: never */
    double quiet_since, stopped_since;
    unsigned long long done;
};

void group_watch_begin(struct group_watch *w, pid_t group, double quiet_limit);

/*
 * To be called once `next` has come: whether the group has done nothing for `quiet_limit` seconds,
 * or a process of it has been stopped for 5. `heard` is how many bytes have come from it, which
 * counts as work, too.
 */
enum group_state group_watch_look(struct group_watch *w, unsigned long long heard);

/* It is quiet for a good reason: count the seconds from now. */
void group_watch_excuse(struct group_watch *w);
