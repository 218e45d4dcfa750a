/* Where PostgreSQL's server programs are on this machine. */
#pragma once
#include <stddef.h>

#include "base/error.h"

/*
 * The folder of initdb and postgres: $PGREHEARSE_PG_BIN if set; else, of all that are installed,
 * one that has the extensions before one that has not, and the newest of these. NULL, with
 * ERROR_UNAVAILABLE, where there is none. The caller frees it.
 */
char *server_programs_find(const char *const *extensions, size_t count, struct error *e);
