/* The files below a folder. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct folder {
    char **paths; /* below the folder, sorted byte for byte */
    size_t count;
};

/*
 * Lists the regular files of `directory` itself, or with `deep` also those of the folders in it,
 * except for what is hidden. ERROR_USAGE for a folder that cannot be read, and for one with more
 * than 100,000 files, which is not a folder of migrations. Release it in any case.
 */
bool folder_list(struct folder *f, const char *directory, bool deep, struct error *e);

void folder_release(struct folder *f);

/* The path of a file below the folder, as short as it can be; the caller frees it. */
char *folder_path(const char *directory, const char *below);
