/* A file of SQL, as pg_dump or a person writes it, run by psql in a throwaway database. */
#pragma once
#include "ground/clone.h"

/*
 * Runs it as the migrator's role, to which everything belongs that it makes, but with a superuser's
 * rights and past row security. `option` is how the user gave it: "--data". A statement that fails
 * is an ERROR_USAGE that names the option, the line and the server's words, with its SQLSTATE; so
 * that a server that goes away is not blamed on the file, any other end is an ERROR_UNAVAILABLE.
 */
bool sql_file_run(const struct ground *g, const struct clone *clone, const char *option,
                  const char *path, struct error *e);
