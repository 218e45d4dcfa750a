/* The schema of a migrator: of a profile's file, and of what a suite says of one. */
#pragma once
#include <cyaml/cyaml.h>

extern const cyaml_schema_field_t suite_migrator_fields[];

/* A whole file that describes one: yaml_file_load() gives a struct suite_migrator. */
extern const cyaml_schema_value_t suite_migrator_schema;
