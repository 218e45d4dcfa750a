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

/*
 * The same of a value that fits its schema and is wrong nevertheless: "PATH, line N, key KEY:
 * PROBLEM". The line is that of the first `value` there (NULL: whatever it is), or of the nearest
 * key around it that the file has.
 *
 * Both add to an error of the same file what else is wrong in it: "; also line N, key KEY: …".
 */
bool yaml_value_wrong(const char *path, const char *key, const char *value, const char *problem,
                      struct error *e);

/* "did you mean 'NEAR'?" or "expected one of A, B", to be freed. */
char *yaml_name_remedy(const char *value, const char *const *names, size_t count);
