/* Short forms for the fields of a structure in a schema; a field's key is its member's name. */
#pragma once
#include "base/yaml_file.h"

static const cyaml_schema_value_t schema_string_item = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, CYAML_UNLIMITED)};

#define STRING(structure, member)                                                                  \
    CYAML_FIELD_STRING_PTR(#member, CYAML_FLAG_POINTER, structure, member, 1, CYAML_UNLIMITED)
#define OPTIONAL_STRING(structure, member)                                                         \
    CYAML_FIELD_STRING_PTR(#member, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure, member,   \
                           0, CYAML_UNLIMITED)
#define STRINGS(structure, member, counter)                                                        \
    CYAML_FIELD_SEQUENCE_COUNT(#member, CYAML_FLAG_POINTER, structure, member, counter,            \
                               &schema_string_item, 1, CYAML_UNLIMITED)
#define OPTIONAL_STRINGS(structure, member, counter)                                               \
    CYAML_FIELD_SEQUENCE_COUNT(#member, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure,       \
                               member, counter, &schema_string_item, 0, CYAML_UNLIMITED)
#define LIST(structure, member, counter, item)                                                     \
    CYAML_FIELD_SEQUENCE_COUNT(#member, CYAML_FLAG_POINTER, structure, member, counter, item, 1,   \
                               CYAML_UNLIMITED)
#define OPTIONAL_LIST(structure, member, counter, item)                                            \
    CYAML_FIELD_SEQUENCE_COUNT(#member, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure,       \
                               member, counter, item, 0, CYAML_UNLIMITED)
#define OPTIONAL_BOOL(structure, member)                                                           \
    YAML_FIELD_BOOL(#member, CYAML_FLAG_OPTIONAL, structure, member)
#define OPTIONAL_COUNT(structure, member)                                                          \
    CYAML_FIELD_UINT_PTR(#member, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure, member)
#define OPTIONAL_PART(structure, member, fields)                                                   \
    CYAML_FIELD_MAPPING_PTR(#member, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure, member,  \
                            fields)
/* Releases of clang-format lay out a macro of braces in different ways. */
// clang-format off
#define ITEM(structure, fields) {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, structure, fields)}
// clang-format on
