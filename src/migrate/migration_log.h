/*
 * The log of a migration: every line to standard error and, if one is given, to a file, written
 * out at once so that nothing is missing if we die.
 */
#pragma once
#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"

struct migration_log {
    FILE *file; /* NULL: standard error alone */
};

/* Opens the file for appending; NULL or "" for none. ERROR_USAGE if it cannot be opened. */
bool migration_log_open(struct migration_log *log, const char *path, struct error *e);

void migration_log_close(struct migration_log *log);

/* A line as it is. */
void migration_log_line(const struct migration_log *log, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "INFO [LOGGER] …", the form of Alembic's own log. */
void migration_log_info(const struct migration_log *log, const char *logger, const char *format,
                        ...) __attribute__((format(printf, 3, 4)));
