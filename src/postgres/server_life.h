/*
 * Whether a server that is silent will ever answer. A long statement is silent, too; what a process
 * that is stopped and a server that takes no connection have in common is that they never end.
 */
#pragma once
#include <libpq-fe.h>
#include <stdbool.h>

struct server_life {
    PGconn *pg;
    double stopped_since;  /* clock_seconds(); 0: its process was not stopped when last looked at */
    double next;           /* when the server is to be asked for a connection */
    unsigned unanswered;   /* questions in a row */
    unsigned seen_stopped; /* answers in a row that our process there is stopped */
};

/* To be called when a wait begins, and whenever something has come. */
void server_life_begin(struct server_life *l, PGconn *pg);

/*
 * To be called about every second of silence: whether our backend has been stopped (SIGSTOP) for 5
 * seconds, if it is on this machine.
 */
bool server_life_is_stopped(struct server_life *l);

/*
 * The same, or whether the server has let us wait in vain for a connection three times, a minute
 * apart, or has seen our backend stopped twice: one that runs on Linux can be asked by a role that
 * may read its files.
 */
bool server_life_lost(struct server_life *l);

/*
 * Whether the server's process `pid`, of a session of our role, is stopped, as far as this machine
 * or the server can tell. `pg` is a connection that is idle; it may be of no use afterwards.
 */
bool server_life_process_is_stopped(PGconn *pg, const char *pid);
