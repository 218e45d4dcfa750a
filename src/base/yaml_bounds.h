/* How deep and how large a YAML document may be: parsers take stack, time and memory for both. */
#pragma once
#include "base/error.h"
#include "base/text.h"

enum { YAML_VALUES = 200000 }; /* what a file written by hand may hold */

/*
 * ERROR_USAGE, with `path` and the line, if the source is nested too deeply, or has more than
 * `values` values once its aliases are written out. A source that is not YAML passes.
 */
bool yaml_bounds_check(const struct text *source, const char *path, size_t values, struct error *e);
