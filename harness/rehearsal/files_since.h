/* The files that a branch adds to a folder, as git has them. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/cancel.h"
#include "base/error.h"

struct files_since {
    char **paths; /* absolute, links resolved */
    size_t count;
};

/*
 * Those below `folder` that were not there where the branch left `commit`: committed, staged or not
 * yet known to git. ERROR_USAGE if the folder is in no work tree or there is no such commit;
 * ERROR_UNAVAILABLE without git. Release in any case.
 */
bool files_since_read(struct files_since *files, const char *folder, const char *commit,
                      const struct cancel *cancel, struct error *e);

void files_since_release(struct files_since *files);
