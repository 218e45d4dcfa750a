/* Where PostgreSQL's server programs are on this machine. */
#pragma once
#include <stddef.h>

#include "base/error.h"

/*
 * The folder of initdb and postgres: the first that $PGREHEARSE_PG_BIN names, a list separated by
 * colons; if it is not set, of all that are installed, one that has the extensions before one that
 * has not, and the newest of these. NULL, with ERROR_UNAVAILABLE, where there is none. The caller
 * frees it.
 */
char *server_programs_find(const char *const *extensions, size_t count, struct error *e);

/*
 * That of a major version, of those in $PGREHEARSE_PG_BIN and those installed. NULL, with
 * ERROR_USAGE, which names the package, where that version is not installed.
 */
char *server_programs_of(int major, struct error *e);

/* "pg_dump (PostgreSQL) 15.20" gives 15; 0 if the program does not run. */
int server_program_major(const char *program);
