/* A file that is there as a whole or not at all. */
#pragma once
#include <stddef.h>

#include "base/error.h"

/*
 * Writes `length` bytes under a temporary name beside `path`, then renames it to `path`. On
 * failure (a full disk included) `path` is as it was, the temporary file is gone, and the error
 * (UNAVAILABLE) names the path and the reason. A device, a pipe and /dev/stdout are never
 * replaced: they get the bytes as they are.
 */
bool whole_file_write(const char *path, const void *bytes, size_t length, struct error *e);
