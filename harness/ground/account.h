/*
 * The unprivileged account that runs the embedded server: postgres refuses root (PostgreSQL manual,
 * 19.1 "The PostgreSQL User Account"). For root it is one that owns nothing else and has no name,
 * so that SQL which runs programs reaches no file and, by peer authentication, no cluster of
 * others; `postgres` owns Debian's clusters. Any other account runs the server directly.
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

#include "base/cancel.h"
#include "base/error.h"
#include "ground/server_cage.h"

struct account {
    bool switches; /* we are root and become somebody else */
    uid_t uid;
    gid_t gid;
    gid_t beside;                   /* one group more; 0: none */
    const char *shared;             /* its name, where it may own other things; NULL: it does not */
    const struct server_cage *cage; /* what it starts goes into; NULL: nothing */
};

/*
 * When we are root: the first without a name from 61100 to 61183, which neither systemd ("Users,
 * Groups, UIDs and GIDs on systemd Systems") nor Debian (Policy, 9.2.2) hands out by itself. Where
 * our user namespace has none of them: `postgres`, else `nobody`, which is `shared`. Else
 * ourselves.
 */
bool account_find(struct account *a, struct error *e);

/* One that runs initdb for the server of `a`: initdb refuses an account without a name. */
bool account_find_named(struct account *named, const struct account *a, struct error *e);

/* Makes the folder, owned by the account, with mode 0700. */
bool account_make_folder(const struct account *a, const char *path, struct error *e);

/*
 * Gives the account a tree that another one has made and works on no longer. Links are not
 * followed, and the other account loses its way into the tree first.
 */
bool account_take_over(const struct account *a, const char *path, struct error *e);

/*
 * Starts argv[0] as the account, in the root folder, in a process group of its own, with
 * standard output and error appended to the file `log`. It gets `death_signal` when we die.
 * `variable` is one NAME=VALUE more for its environment. -1 on failure.
 */
pid_t account_start(const struct account *a, const char *const *argv, const char *variable,
                    const char *log, int death_signal, struct error *e);

/* The same, and waits until it ends: false unless it exits with 0. */
bool account_run(const struct account *a, const char *const *argv, const char *variable,
                 const char *log, const struct cancel *cancel, struct error *e);
