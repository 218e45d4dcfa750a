/*
 * Backups by pg_dump and pg_restore (PostgreSQL manual, 26.1 "SQL Dump"), of the server's major
 * version or newer. Passwords reach them by the environment, never by their command line.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cancel.h"
#include "base/error.h"

/*
 * `total` is 0 where it is not known. A dump tells the bytes written so far, a restore the size of
 * the database that grows.
 */
typedef void backup_progress_fn(void *context, const char *what, uint64_t done, uint64_t total);

/* Constraints and indexes that a backup's own rows violate, a line each. */
struct backup_violations {
    char **lines; /* "FK CONSTRAINT orders orders_customer_fkey: insert or update on table …" */
    size_t count;
};

void backup_violations_release(struct backup_violations *v);

struct backup_options {
    bool folder; /* directory format, with `jobs` at a time; else one file, custom format */
    size_t jobs; /* 0: one per processor */
    const char *snapshot; /* exported by a transaction that stays open; or NULL */
    char **excluded;      /* --exclude-table-data */
    size_t excluded_count;
    uint64_t expected; /* bytes of the database, for a restore's progress; 0: not known */
    bool fleeting;     /* of a dump: need not outlive a power cut, so it is quick: packed lightly,
                          not flushed to disk, no digest */
    bool no_owner,
        no_privileges;   /* of a restore: all is the restoring role's, grants stay behind */
    bool no_tablespaces; /* of a restore: all lies where the database does */
    const char
        *list; /* of a restore: a list of contents, edited (pg_restore --use-list); or NULL */
    bool no_subscriptions; /* of both: or the copy of a database would begin to receive */
    struct backup_violations
        *violations; /* of a restore: what rows violate is reported here and left
                        out, a foreign key made NOT VALID; NULL: an error */
    const struct cancel *cancel;
    const char *mark; /* NAME=VALUE that marks its processes as a run's; or NULL */
    backup_progress_fn *progress;
    void *context;
};

/*
 * Dumps the database of `url` to `path`, which must not be there; it is there as a whole or not at
 * all, and flushed to disk, even if we are killed. A failure has pg_dump's first word on it.
 *
 * Neither format has a checksum of its own, so a digest is kept: `path`.sha256 beside a file,
 * SHA256SUMS inside a folder, each as `sha256sum -c` reads it.
 */
bool backup_take(const char *url, const char *path, const struct backup_options *options,
                 struct error *e);

/*
 * Reads every byte of it back, unpacked, without restoring: whole, or an error that says why not.
 * It is compared with its digest where that is there. Without it, only what pg_restore cannot read
 * is found: a change in what is packed, a missing or shorter file, but not a changed letter in the
 * text of a definition.
 */
bool backup_check(const char *path, const struct backup_options *options, struct error *e);

/* Removes the backup and its digest; nothing there is fine. */
void backup_remove(const char *path);

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
