/*
 * The run's own folder and its lock: proof to others that the run is alive.
 *
 * Everything temporary lives in one folder, `pgrehearse-ID`: below $TMPDIR where that is set, else
 * in memory (/dev/shm) where there is plenty of it, else below /tmp. Creating the thousand files of
 * a cluster costs up to a second on a disk and next to nothing in memory.
 *
 * In $TMPDIR (or /tmp) lies `pgrehearse-ID.lock`, locked with flock(2) for as long as the process
 * lives, however it ends. Who can lock it knows that its run is dead and sweeps what it has left:
 * processes that carry the run's id in their environment, its embedded server, its folder.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "ground/run_processes.h"

enum { RUN_ID_LENGTH = 12 };

struct run_folder {
    char id[RUN_ID_LENGTH + 1]; /* hexadecimal digits, random */
    char *path;                 /* absolute */
    char *lock_path;
    int lock; /* file descriptor; -1: none */
};

/* `bytes` is about how much will be put into it. */
bool run_folder_create(struct run_folder *f, uint64_t bytes, struct error *e);

/*
 * Ends what is left of the run's processes, removes what its cluster left in the kernel, the
 * folder and the lock; a zeroed or removed one is accepted.
 */
void run_folder_remove(struct run_folder *f);

/* Removes the lock alone: the folder stays, and no sweep takes it. */
void run_folder_keep(struct run_folder *f);

/*
 * Sweeps what dead runs of this user have left; returns how many runs that was.
 * What cannot be removed is left for the next.
 */
size_t run_folder_sweep(void);

/* Removes a folder with everything in it; nothing there is fine. */
void run_folder_remove_tree(const char *path);
