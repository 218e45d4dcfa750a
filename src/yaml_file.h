/*
 * YAML read against a schema, by libcyaml. Nothing is printed: what libcyaml would log becomes one
 * line of error with file, line, key and what was expected.
 */
#pragma once
#include <cyaml/cyaml.h>
#include <stdbool.h>

#include "error.h"

/*
 * Loads `path` against `schema` into `*data`; free it with yaml_file_free() and the same schema.
 * A mistake in the file is an ERROR_USAGE.
 */
bool yaml_file_load(const char *path, const cyaml_schema_value_t *schema, void **data,
                    struct error *e);

void yaml_file_free(const cyaml_schema_value_t *schema, void *data);
