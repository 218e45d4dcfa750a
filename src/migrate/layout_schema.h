/* The keys of a layout's YAML file. */
#pragma once
#include <cyaml/cyaml.h>

extern const cyaml_schema_value_t layout_schema; /* of a struct layout_rules */
