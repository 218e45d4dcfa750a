/* The keys of suite.yaml and requirements.yaml, as libcyaml wants them. */
#pragma once
#include <cyaml/cyaml.h>

#include "suite/suite.h"

extern const cyaml_schema_value_t suite_schema; /* loads a struct suite */

/* The keys that a suite has to have and a project's pgrehearse.yaml need not; ends with NULL. */
enum suite_required_key {
    SUITE_NAME,
    SUITE_BASELINE,
    SUITE_TARGET,
    SUITE_MIGRATORS,
    SUITE_REQUIRED
};
extern const char *const suite_required_keys[SUITE_REQUIRED + 1];

struct requirement_list {
    struct suite_requirement *items;
    unsigned item_count;
};

extern const cyaml_schema_value_t requirement_list_schema; /* loads a struct requirement_list */
