/*
 * Files that are read from outside: only regular ones, since a FIFO or a device may make a reader
 * wait for ever.
 */
#pragma once
#include <stdio.h>

#include "base/error.h"

/* Opens `path` for reading; NULL with errno set, for which file_reason() has the words. */
FILE *regular_file_open(const char *path);

/* What errno says of a file that cannot be read; belongs to the library. */
const char *file_reason(int number);

/*
 * Whose matter it is: the name that was given (ERROR_USAGE), or a machine that is short of memory,
 * descriptors or space, or whose disk is broken (ERROR_UNAVAILABLE).
 */
enum error_kind file_error_kind(int number);
