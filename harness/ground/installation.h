/* Where the parts of this installation lie, found from the running program's own place. */
#pragma once
#include "base/error.h"

/* The folder of our programs, for the PATH of migrators; the caller frees it. */
char *installation_programs(void);

/*
 * The folder of a suite: `name` itself where it is a folder with a suite.yaml, else that of the
 * shipped suite of this name. ERROR_USAGE where there is neither. The caller frees it.
 */
char *installation_suite(const char *name, struct error *e);

/* The folder of the shipped profiles of migrators; the caller frees it. */
char *installation_migrators(void);

/* The names of the shipped suites, separated by commas; the caller frees it. */
char *installation_shipped_suites(void);

/* The folder of the revisions that make the tables of a history; the caller frees it. */
char *installation_history_migrations(void);
