/*
 * The other mistakes of a YAML file: libcyaml stops at the first, but a person who repairs a file
 * wants to see all of them.
 */
#pragma once
#include <cyaml/cyaml.h>

#include "base/error.h"
#include "base/text.h"

/*
 * Appends to the message of `e`, which is set, what else does not fit the schema: unknown and
 * missing keys, words that are none, lists and mappings in the wrong place. "; also line 9, key
 * rules.nme: unknown key; did you mean 'name'?". A message has an end: what does not fit is
 * counted. Source that is not YAML has no others. `source` has passed yaml_bounds_check().
 */
void yaml_mistakes_add(const struct text *source, const cyaml_schema_value_t *schema,
                       struct error *e);
