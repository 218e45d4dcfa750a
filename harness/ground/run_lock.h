/*
 * The lock of a run, `pgrehearse-ID.lock` in $TMPDIR (or /tmp): locked with flock(2) for as long as
 * the process lives, however it ends. It records where the run's folders are and which they are, so
 * that a sweep removes those and nothing that somebody else has put in their place.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { RUN_ID_LENGTH = 12, RUN_LOCK_FOLDERS = 2 };

struct run_lock {
    char id[RUN_ID_LENGTH + 1]; /* hexadecimal digits, random */
    char *path;
    int fd; /* -1: none */
};

/* A folder that the lock records. */
struct locked_folder {
    char *path;
    bool known; /* device and inode were recorded: the folder had been made */
    dev_t device;
    ino_t inode;
};

/* Makes a new lock in `folder` and takes it; false with errno set. Release in any case. */
bool run_lock_create(struct run_lock *l, const char *folder);

/*
 * Takes the lock file `name` in `folder` if its run is dead. Only a regular file of ours that has
 * one name counts as a lock: anybody can put a file into a shared folder.
 */
bool run_lock_take_dead(struct run_lock *l, const char *folder, const char *name);

/* Records that `path` is about to be made, and after that which folder it became. */
bool run_lock_announce(struct run_lock *l, const char *path);
bool run_lock_record(struct run_lock *l, const char *path);

/* What was recorded, into `folders`; how many. The paths are to be freed. */
size_t run_lock_folders(const struct run_lock *l, struct locked_folder folders[RUN_LOCK_FOLDERS]);

/*
 * Removes the folder if it is the one that was recorded and ours; of one that was only announced no
 * more than an empty folder. True if it is gone, or there is nothing of ours; else errno says why.
 */
bool locked_folder_remove(const struct locked_folder *f);

/* Whether it is there and ours. */
bool locked_folder_is_ours(const struct locked_folder *f);

/* Lets go of the lock; with `remove` its file goes too. A zeroed one is accepted. */
void run_lock_release(struct run_lock *l, bool remove);
