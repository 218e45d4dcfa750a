/* A name in a YAML file that is none of those there are: where it is, and which was meant. */
#pragma once
#include "base/error.h"

#include <stddef.h>

/*
 * Sets the ERROR_USAGE "PATH, line N, key KEY: no WHAT 'VALUE'; did you mean 'NEAR'?", or, where
 * none is near, "…; expected one of A, B". `key` is the way to the value, "faults.after", through
 * lists as if they were not there. The line is that of the first such value. Always false.
 */
bool yaml_name_unknown(const char *path, const char *key, const char *what, const char *value,
                       const char *const *names, size_t count, struct error *e);

/* "did you mean 'NEAR'?" or "expected one of A, B", to be freed. */
char *yaml_name_remedy(const char *value, const char *const *names, size_t count);
