/* Structures of a schema, copied and completed from one another member by member. */
#pragma once
#include <cyaml/cyaml.h>

/*
 * Copies into the mapping `to` what it lacks (NULL, 0, false) and `from` has. Mappings within are
 * completed in the same way, lists are taken whole. What is copied can be freed by
 * yaml_file_free().
 */
void profile_merge(const cyaml_schema_field_t *fields, void *to, const void *from);
