/*
 * Where a run keeps what is temporary: below $TMPDIR where that is set, else in memory (/dev/shm)
 * where there is plenty of it, else below /tmp. Creating the thousand files of a cluster costs up
 * to a second on a disk and next to nothing in memory.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/*
 * $TMPDIR, or /tmp where it is not set; belongs to the environment. NULL with ERROR_UNAVAILABLE if
 * TMPDIR is not a folder that we can write to: rows must not land where nobody meant them to.
 */
const char *run_place_temporary(struct error *e);

/* The folder for about so many bytes: run_place_temporary(), or memory. */
const char *run_place_for(uint64_t bytes, struct error *e);

/*
 * Where sockets lie for a run whose folder is `path`: there, or in /tmp if its name is too long for
 * a socket's address (unix(7): 108 bytes) or holds what a URL or a configuration would have to
 * quote.
 */
bool run_place_takes_sockets(const char *path);
