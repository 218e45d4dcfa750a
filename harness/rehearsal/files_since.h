/* The files that a branch adds to a folder, changes or removes there, as git has them. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/cancel.h"
#include "base/error.h"

struct files_since {
    char *base;   /* the commit where the branch began */
    char **paths; /* of those added; absolute, links resolved */
    size_t count;
    char **changed; /* the same of those with another content */
    size_t changed_count;
    bool
        has_removed; /* there are some that are gone; a file under a new name counts as that, too */
};

/*
 * Those below `folder` since the branch left `commit`: committed, staged or not yet known to git.
 * ERROR_USAGE if the folder is in no work tree or there is no such commit; ERROR_UNAVAILABLE
 * without git. Release in any case.
 */
bool files_since_read(struct files_since *files, const char *folder, const char *commit,
                      const struct cancel *cancel, struct error *e);

void files_since_release(struct files_since *files);
