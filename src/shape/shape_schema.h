/* The keys of a shape's file, as libcyaml wants them. */
#pragma once
#include <cyaml/cyaml.h>

extern const cyaml_schema_value_t shape_schema; /* loads a struct shape */
