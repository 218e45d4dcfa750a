/*
 * Rows that violate the schema they were dumped with: an orphan that came in behind a foreign key's
 * back, two rows with the key of a damaged unique index. Every restore stumbles over them when it
 * makes the constraint, after all rows are in.
 */
#pragma once
#include "postgres/connection.h"
#include "production/backups/backup.h"
#include "production/backups/client_program.h"

/* An entry of a dump's contents that pg_restore could not make. */
struct refused_entry {
    unsigned id;
    char *what; /* "FK CONSTRAINT orders orders_customer_fkey" */
};

/* Zero-initialised it is empty and valid. */
struct refused_entries {
    struct refused_entry *items;
    size_t count;
};

/* A process_line_fn: collects them from what pg_restore says; `context` is the collection. */
void refused_entries_see(void *context, double seconds, bool on_stderr, const char *line);

/*
 * Makes them once more, to learn why they were refused. What rows violate goes to
 * `options->violations`; a foreign key is then made without being validated, anything else left
 * out, as is what depends on it. False, with the error set, where there was another reason.
 */
bool refused_entries_judge(const struct refused_entries *r, const char *path, const char *url,
                           const char *program, const struct backup_options *options,
                           struct error *e);

void refused_entries_release(struct refused_entries *r);
