/* The keys of a deployment's file, as libcyaml wants them. */
#pragma once
#include <cyaml/cyaml.h>

extern const cyaml_schema_value_t deployment_schema; /* loads a struct deployment */
