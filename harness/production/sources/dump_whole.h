/*
 * Whether an archive of pg_dump is complete, found out before pg_restore reads it: of a tar archive
 * that is cut short it restores a part without an error, or never ends. The custom format and
 * compressed files need no such look: pg_restore finds their end missing by itself.
 */
#pragma once
#include <stdbool.h>

#include "base/error.h"

/* A tar archive (POSIX.1-1988, "ustar"): each member is there, and the two empty blocks at its end.
 */
bool dump_tar_is_whole(const char *path, struct error *e);

/* A folder: the files of rows that are not compressed end as pg_dump ends them. */
bool dump_folder_is_whole(const char *path, struct error *e);
