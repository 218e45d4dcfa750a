/*
 * The unprivileged account that runs the embedded server: initdb and postgres refuse root
 * (PostgreSQL manual, 19.1 "The PostgreSQL User Account"). Any other account runs it directly.
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
    const struct server_cage *cage; /* what it starts goes into; NULL: nothing */
};

/* `postgres`, else `nobody`, when we are root; else ourselves. */
bool account_find(struct account *a, struct error *e);

/* Makes the folder, owned by the account, with mode 0700. */
bool account_make_folder(const struct account *a, const char *path, struct error *e);

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
