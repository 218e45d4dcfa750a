/*
 * YAML read against a schema, by libcyaml. Nothing is printed: what libcyaml would log becomes one
 * line of error with file, line, key and, by the schema, what was expected there.
 */
#pragma once
#include <cyaml/cyaml.h>
#include <stdbool.h>

#include "base/error.h"

/* A bool of the structure: libcyaml's own takes any misspelt word for true. */
#define YAML_FIELD_BOOL(key, flags, structure, member)                                             \
    CYAML_FIELD_ENUM(key, (flags) | CYAML_FLAG_STRICT, structure, member, yaml_booleans, 2)

extern const cyaml_strval_t yaml_booleans[2];

/*
 * Loads `path`, one document, against `schema` into `*data`; free it with yaml_file_free() and the
 * same schema. A mistake in the file is an ERROR_USAGE, and `*data` NULL.
 */
bool yaml_file_load(const char *path, const cyaml_schema_value_t *schema, void **data,
                    struct error *e);

/* The same of a file that a program has written, JSON among them, which may be large. */
bool yaml_file_load_large(const char *path, const cyaml_schema_value_t *schema, void **data,
                          struct error *e);

void yaml_file_free(const cyaml_schema_value_t *schema, void *data);
