/* A JSON file that lists revisions in the order in which they run. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "migrate/layout.h"

struct revision_journal_entry {
    char *file; /* its name without .sql */
    char *key;  /* of the version table */
};

struct revision_journal {
    struct revision_journal_entry *entries;
    size_t count;
};

/* `path` is named in errors, which are all ERROR_USAGE. Release it in any case. */
bool revision_journal_read(struct revision_journal *j, const struct layout_journal *rules,
                           const char *path, const char *content, struct error *e);

void revision_journal_release(struct revision_journal *j);

/* The entry of that file; NULL if the journal does not list it. */
const struct revision_journal_entry *revision_journal_find(const struct revision_journal *j,
                                                           const char *file);
