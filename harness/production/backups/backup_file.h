/*
 * The file or folder of a backup: there as a whole or not at all, with the digest that tells
 * whether it is still as it was written.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* A backup that is being written. */
struct backup_file {
    const char *path; /* where it will be; borrowed */
    bool folder, fleeting;
    char *written; /* where pg_dump is to write: a nameless file where that can be had */
    int fd;        /* of the file; -1 for a folder */
    bool nameless; /* it has no name before backup_file_finish(), so nothing of it can be left */
};

/* ERROR_UNAVAILABLE if something is at `path` already, or nothing can be written there. */
bool backup_file_begin(struct backup_file *f, const char *path, bool folder, bool fleeting,
                       struct error *e);

/* How many bytes the file or folder at `path` has. */
uint64_t backup_file_size(const char *path);

/* How many bytes of it are written. */
uint64_t backup_file_bytes(const struct backup_file *f);

/* Flushes it, gives it its name, and writes its digest. */
bool backup_file_finish(struct backup_file *f, struct error *e);

/* To be called in any case; what was not finished is gone. */
void backup_file_release(struct backup_file *f);

/*
 * Whether the backup is as its digest says; true too where it has none (`*has_digest` tells).
 * ERROR_UNAVAILABLE, naming the file, if it is not.
 */
bool backup_file_verify(const char *path, bool *has_digest, struct error *e);
