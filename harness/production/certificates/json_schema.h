/* Whether a JSON value has the shape that a JSON Schema (draft 7) demands. */
#pragma once
#include <jansson.h>
#include <stdbool.h>

#include "base/text.h"

/*
 * The keywords type, const, enum, required, properties, additionalProperties (false), items,
 * pattern and minimum; others are taken for notes. If it has not, `path` gets the place, such as
 * "tables.3.rows", and `expected` what should be there.
 */
bool json_schema_fits(const json_t *schema, const json_t *value, struct text *path,
                      struct text *expected);
