/*
 * Numbers that are one to their end. libcyaml reads "2 min" as 2, and so would take a limit for
 * another than the one that was meant.
 */
#pragma once
#include <cyaml/cyaml.h>
#include <stdbool.h>
#include <yaml.h>

#include "base/error.h"

/* Whether a value that is a number by `schema` is one; true of any other. */
bool yaml_number_fits(const yaml_node_t *node, const cyaml_schema_value_t *schema);

/*
 * Whether each value of the document that is a number by `schema` is one: decimal,
 * hexadecimal (0x) or octal (0) where it is a whole one, finite where it is not. What does not fit
 * the schema otherwise is passed over, as are a whole number's bounds. `path` is the file's name in
 * the ERROR_USAGE.
 */
bool yaml_numbers_check(yaml_document_t *document, const char *path,
                        const cyaml_schema_value_t *schema, struct error *e);
