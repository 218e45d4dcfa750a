/* Files whose path in a folder is like a glob; the folder's own name is taken literally. */
#pragma once
#include <glob.h>
#include <stdbool.h>

/* Whether there are any; globfree() `found` in any case. They are sorted by name. */
bool files_like(glob_t *found, const char *folder, const char *pattern);
