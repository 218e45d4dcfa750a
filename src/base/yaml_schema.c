#include "base/yaml_schema.h"

#include <string.h>

#include "base/nearest.h"

enum { MOST_KEYS = 64 }; /* of one mapping */

const cyaml_schema_value_t *yaml_schema_entry(const cyaml_schema_value_t *schema)
{
    while (schema->type == CYAML_SEQUENCE || schema->type == CYAML_SEQUENCE_FIXED)
        schema = schema->sequence.entry;
    return schema;
}

const cyaml_schema_value_t *yaml_schema_field(const cyaml_schema_value_t *schema, const char *key)
{
    schema = yaml_schema_entry(schema);
    if (schema->type != CYAML_MAPPING)
        return NULL;
    for (const cyaml_schema_field_t *f = schema->mapping.fields; f->key; f++)
        if (strcmp(f->key, key) == 0)
            return &f->value;
    return NULL;
}

const char *yaml_schema_nearest(const cyaml_schema_value_t *schema, const char *key)
{
    const char *keys[MOST_KEYS];
    size_t count = 0;
    schema = yaml_schema_entry(schema);
    if (schema->type != CYAML_MAPPING)
        return NULL;
    for (const cyaml_schema_field_t *f = schema->mapping.fields; f->key && count < MOST_KEYS; f++)
        keys[count++] = f->key;
    return nearest_name(key, keys, count);
}

void yaml_schema_describe(const cyaml_schema_value_t *schema, struct text *t)
{
    switch (schema->type) {
    case CYAML_INT:
        text_append(t, "a whole number");
        break;
    case CYAML_UINT:
        text_append(t, "a whole number, 0 or more");
        break;
    case CYAML_ENUM:
        for (uint32_t i = 0; i < schema->enumeration.count; i++)
            text_append_format(t, "%s%s", i ? " or " : "", schema->enumeration.strings[i].str);
        break;
    case CYAML_FLOAT:
        text_append(t, "a number");
        break;
    case CYAML_SEQUENCE:
    case CYAML_SEQUENCE_FIXED:
        text_append(t, "a list of ");
        yaml_schema_describe(schema->sequence.entry, t);
        break;
    case CYAML_MAPPING:
        text_append(t, "{");
        for (const cyaml_schema_field_t *f = schema->mapping.fields; f->key; f++)
            text_append_format(t, "%s%s", f == schema->mapping.fields ? "" : ", ", f->key);
        text_append(t, "}");
        break;
    default:
        text_append(t, "text");
    }
}
