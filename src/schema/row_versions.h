/*
 * Whether not even a row version changed: of every table the rows with their places, the
 * transactions that wrote them and the file they lie in; of every sequence its state. Finer than a
 * fingerprint, which takes an UPDATE to the same values for no change; cheap, since the server
 * digests and no value is read. System tables are left out.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "postgres/connection.h"

struct row_version {
    char *name; /* "public.orders", quoted where SQL needs it */
    bool is_sequence;
    uint64_t rows;  /* 1 for a sequence */
    uint64_t newer; /* row versions written since the earlier look */
    char *file;     /* its relfilenode: another one after VACUUM FULL, TRUNCATE … */
    char *digest;
};

/* Zero-initialised it is empty and valid. */
struct row_versions {
    struct row_version *items; /* by name */
    size_t count;
    char *transaction; /* the next transaction's id when this look was taken */
};

/* `since` is the earlier look, for `newer` to count from; NULL for the first. */
bool row_versions_take(struct connection *c, const struct row_versions *since,
                       struct row_versions *v, struct error *e);

void row_versions_release(struct row_versions *v);

/* Zero-initialised it is empty and valid. */
struct row_version_changes {
    char **lines; /* "public.orders: 2 new row versions, 1 gone", one a table or sequence */
    size_t count; /* 0: nothing changed */
};

void row_versions_compare(const struct row_versions *before, const struct row_versions *after,
                          struct row_version_changes *changes);

void row_version_changes_release(struct row_version_changes *changes);
