/*
 * Backups by pg_dump and pg_restore (PostgreSQL manual, 26.1 "SQL Dump"), of the server's major
 * version or newer. Passwords reach them by the environment, never by their command line.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cancel.h"
#include "error.h"

/* `total` is 0 where it is not known. */
typedef void backup_progress_fn(void *context, const char *what, uint64_t done, uint64_t total);

struct backup_options {
    bool folder; /* directory format, with `jobs` at a time; else one file, custom format */
    size_t jobs; /* 0: one per processor */
    const char *snapshot; /* exported by a transaction that stays open; or NULL */
    char **excluded;      /* --exclude-table-data */
    size_t excluded_count;
    uint64_t expected; /* bytes of the database, for the progress; 0: not known */
    const struct cancel *cancel;
    const char *mark; /* NAME=VALUE that marks its processes as a run's; or NULL */
    backup_progress_fn *progress;
    void *context;
};

/*
 * Dumps the database of `url` to `path`, which must not be there; it is there as a whole or not at
 * all, and flushed to disk. A failure has pg_dump's first word on it.
 */
bool backup_take(const char *url, const char *path, const struct backup_options *options,
                 struct error *e);

/* Reads every byte of it back, unpacked, without restoring: whole, or an error that says why not.
 */
bool backup_check(const char *path, const struct backup_options *options, struct error *e);

/* Restores all of it into the empty database of `url`. */
bool backup_restore(const char *path, const char *url, const struct backup_options *options,
                    struct error *e);

/*
 * Restores rows and sequences of these tables ("public.orders"), which are there and empty, in one
 * transaction, whatever foreign keys are between them; neither superuser's rights nor disabled
 * triggers are needed. A table that has rows is an error, and nothing is restored.
 */
bool backup_restore_rows(const char *path, const char *url, const char *const *tables, size_t count,
                         const struct backup_options *options, struct error *e);
