/* What a schema of libcyaml says of a place in the document. */
#pragma once
#include <cyaml/cyaml.h>

#include "base/text.h"

/* Of a list, however deep, what it is a list of; anything else itself. */
const cyaml_schema_value_t *yaml_schema_entry(const cyaml_schema_value_t *schema);

/* What `key` of a mapping, or of each mapping of a list, has to be; NULL if there is no such
 * key.
 */
const cyaml_schema_value_t *yaml_schema_field(const cyaml_schema_value_t *schema, const char *key);

/* The key of a mapping that `key` probably was meant to be; NULL: none is near. */
const char *yaml_schema_nearest(const cyaml_schema_value_t *schema, const char *key);

/* Appends what is expected there, as "a list of {name, value}". */
void yaml_schema_describe(const cyaml_schema_value_t *schema, struct text *t);
