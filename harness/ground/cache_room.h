/* A cache of folders that does not grow for ever: what was used longest ago goes first. */
#pragma once
#include <stddef.h>

/*
 * Removes the folders in `folder` whose name begins with `prefix`, those used longest ago first,
 * until fewer than `most` are left. A folder's time of modification is that of its last use;
 * folders that are being made (INITDB_CACHE_MAKING) are neither counted nor removed. What cannot be
 * read or removed stays.
 */
void cache_make_room(const char *folder, const char *prefix, size_t most);
