/* The keys of suite.yaml and requirements.yaml, as libcyaml wants them. For suite.c alone. */
#pragma once
#include <cyaml/cyaml.h>

#include "suite/suite.h"

extern const cyaml_schema_value_t suite_schema; /* loads a struct suite */

struct requirement_list {
    struct suite_requirement *items;
    unsigned item_count;
};

extern const cyaml_schema_value_t requirement_list_schema; /* loads a struct requirement_list */
