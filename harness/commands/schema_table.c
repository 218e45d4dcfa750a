#include "commands/schema_table.h"

#include <jansson.h>

#include "base/memory.h"
#include "base/whole_file.h"
#include "base/yaml_file.h"
#include "commands/key_words.h"
#include "deployment/deployment_schema.h"
#include "generator/recipe_schema.h"
#include "migrate/layout_schema.h"
#include "shape/shape_schema.h"
#include "suite/migrator_schema.h"
#include "suite/suite_schema.h"

const struct schema_row schema_table[] = {
    {"suite", "suite.yaml of a suite", &suite_schema, suite_required_keys},
    {"project", "pgrehearse.yaml of a project", &suite_schema, NULL},
    {"requirements", "the requirements of a suite", &requirement_list_schema, NULL},
    {"deployment", "the deployment of a suite", &deployment_schema, NULL},
    {"recipe", "a recipe of generated rows", &recipe_schema, NULL},
    {"profile", "a migrator's profile", &suite_migrator_schema, NULL},
    {"layout", "a layout of SQL files", &layout_schema, NULL},
    {"shape", "the shape of a database", &shape_schema, NULL},
    {NULL, NULL, NULL, NULL}};

/* `path` leads to the value, for its keys' words. */
static json_t *value_of(const cyaml_schema_value_t *schema, const char *path);

static json_t *typed(const char *type)
{
    return json_pack("{s:s}", "type", type);
}

/* libcyaml takes any scalar for text: 001 is none to an editor. */
static json_t *text_of(const cyaml_schema_value_t *schema)
{
    json_t *types = json_pack("[s,s,s]", "string", "number", "boolean");
    if (schema->string.min == 0)
        json_array_append_new(types, json_string("null"));
    json_t *made = json_pack("{s:o}", "type", types);
    if (schema->string.min)
        json_object_set_new(made, "minLength", json_integer(schema->string.min));
    if (schema->string.max != CYAML_UNLIMITED)
        json_object_set_new(made, "maxLength", json_integer(schema->string.max));
    return made;
}

static json_t *words_of(const cyaml_schema_value_t *schema)
{
    if (schema->enumeration.strings == yaml_booleans)
        return typed("boolean");
    json_t *words = json_array();
    for (uint32_t i = 0; i < schema->enumeration.count; i++)
        json_array_append_new(words, json_string(schema->enumeration.strings[i].str));
    return json_pack("{s:o}", "enum", words);
}

static json_t *list_of(const cyaml_schema_value_t *schema, const char *path)
{
    json_t *made = typed("array");
    json_object_set_new(made, "items", value_of(schema->sequence.entry, path));
    if (schema->sequence.min)
        json_object_set_new(made, "minItems", json_integer(schema->sequence.min));
    return made;
}

static json_t *key_of(const cyaml_schema_field_t *f, const char *within)
{
    char *path = memory_format("%s.%s", within, f->key);
    json_t *made = value_of(&f->value, path);
    const char *words = key_words(path);
    if (words)
        json_object_set_new(made, "description", json_string(words));
    free(path);
    return made;
}

static json_t *mapping_of(const cyaml_schema_value_t *schema, const char *path)
{
    json_t *keys = json_object(), *required = json_array();
    if (schema->mapping.fields == suite_migrator_fields)
        path = "migrator";
    for (const cyaml_schema_field_t *f = schema->mapping.fields; f->key; f++) {
        json_object_set_new(keys, f->key, key_of(f, path));
        if (!(f->value.flags & CYAML_FLAG_OPTIONAL))
            json_array_append_new(required, json_string(f->key));
    }
    return json_pack("{s:s, s:o, s:o, s:b}", "type", "object", "properties", keys, "required",
                     required, "additionalProperties", false);
}

static json_t *value_of(const cyaml_schema_value_t *schema, const char *path)
{
    switch (schema->type) {
    case CYAML_INT:
        return typed("integer");
    case CYAML_UINT:
        return json_pack("{s:s, s:i}", "type", "integer", "minimum", 0);
    case CYAML_FLOAT:
        return typed("number");
    case CYAML_ENUM:
        return words_of(schema);
    case CYAML_SEQUENCE:
    case CYAML_SEQUENCE_FIXED:
        return list_of(schema, path);
    case CYAML_MAPPING:
        return mapping_of(schema, path);
    default:
        return text_of(schema);
    }
}

char *schema_row_json(const struct schema_row *row)
{
    json_t *root = json_pack("{s:s, s:s}", "$schema", "http://json-schema.org/draft-07/schema#",
                             "title", row->title);
    bool is_project = strcmp(row->name, "project") == 0; /* the same keys, none required */
    json_t *mapping = value_of(row->schema, is_project ? "suite" : row->name);
    for (const char *const *key = row->required; key && *key; key++)
        json_array_append_new(json_object_get(mapping, "required"), json_string(*key));
    json_object_update(root, mapping);
    json_decref(mapping);
    char *made = json_dumps(root, JSON_INDENT(2));
    char *line = memory_format("%s\n", made);
    free(made);
    json_decref(root);
    return line;
}

bool schema_table_write(const char *folder, struct error *e)
{
    bool good = true;
    for (const struct schema_row *row = schema_table; good && row->name; row++) {
        char *json = schema_row_json(row);
        char *path = memory_format("%s/%s.schema.json", folder, row->name);
        good = whole_file_write(path, json, strlen(json), e);
        free(path);
        free(json);
    }
    return good;
}
