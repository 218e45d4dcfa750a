/*
 * The run's own folder, `pgrehearse-ID`, in which everything temporary lives, and its lock: proof
 * to others that the run is alive. Who can lock it knows that its run is dead and sweeps what it
 * has left: processes that carry the run's id in their environment, its embedded server, its
 * folders.
 *
 * The folders are ours alone, except for the account that runs the embedded server, which may pass
 * through them.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "ground/run_lock.h"
#include "ground/run_processes.h"

enum { RUN_FOLDER_RESERVE = 8 }; /* the depth of a cluster, and /proc */

struct run_folder {
    char id[RUN_ID_LENGTH + 1];      /* hexadecimal digits, random */
    char *path;                      /* absolute */
    char *sockets;                   /* where sockets lie: `path`, or a folder with a short name */
    int reserve[RUN_FOLDER_RESERVE]; /* descriptors for the removal, however few there are then */
    bool closed; /* the server in it writes nowhere else, and starts no other program */
    struct run_lock lock;
};

/* `bytes` is about how much will be put into it. */
bool run_folder_create(struct run_folder *f, uint64_t bytes, struct error *e);

/*
 * Ends what is left of the run's processes, removes what its cluster left in the kernel, the
 * folders and the lock. If a folder could not be removed, the error says so, and the lock stays, so
 * that a sweep tries again. A zeroed or removed one is accepted.
 */
bool run_folder_remove(struct run_folder *f, struct error *e);

/* Removes the lock alone: the folder stays, and no sweep takes it. */
void run_folder_keep(struct run_folder *f);

/*
 * Sweeps what dead runs of this user have left; returns how many runs that was. What cannot be
 * removed is left for the next; the error says so.
 */
size_t run_folder_sweep(struct error *e);
