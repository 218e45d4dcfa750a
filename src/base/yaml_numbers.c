#include "base/yaml_numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/yaml_schema.h"

struct walk {
    yaml_document_t *document;
    const char *path;
    struct error *error;
};

/* The keys around a value, the innermost first. */
struct place {
    const struct place *around;
    const char *key;
};

static void append_place(const struct place *place, struct text *t)
{
    if (!place)
        return;
    append_place(place->around, t);
    text_append_format(t, "%s%s", t->length ? "." : "", place->key);
}

static bool is_whole(const char *value)
{
    char *end = NULL;
    strtoull(value, &end, 0);
    return end != value && !*end;
}

static bool is_number(const char *value)
{
    char *end = NULL;
    double number = strtod(value, &end);
    return end != value && !*end && isfinite(number);
}

bool yaml_number_fits(const yaml_node_t *node, const cyaml_schema_value_t *schema)
{
    const char *value = (const char *)node->data.scalar.value;
    bool plain = strlen(value) == node->data.scalar.length && !strchr(" \t\n\v\f\r", *value);
    switch (schema->type) {
    case CYAML_INT:
        return plain && is_whole(value);
    case CYAML_UINT: /* libcyaml 1.3.1 takes a negative one of 64 bits for a huge one */
        return plain && is_whole(value) && *value != '-';
    case CYAML_FLOAT:
        return plain && is_number(value);
    default:
        return true;
    }
}

static bool refuse(const struct walk *w, const yaml_node_t *node,
                   const cyaml_schema_value_t *schema, const struct place *place)
{
    struct text key = {0}, expected = {0};
    append_place(place, &key);
    yaml_schema_describe(schema, &expected);
    char *value = text_one_line((const char *)node->data.scalar.value);
    error_set(w->error, ERROR_USAGE, "%s, line %zu%s%s: '%.60s' is %s; expected %s", w->path,
              node->start_mark.line + 1, key.length ? ", key " : "", text_string(&key), value,
              is_whole(value) ? "negative" : "not a number", text_string(&expected));
    free(value);
    text_release(&key);
    text_release(&expected);
    return false;
}

/* As deep as the schema, which has an end where a document's aliases have none. */
static bool check(const struct walk *w, const yaml_node_t *node, const cyaml_schema_value_t *schema,
                  const struct place *place)
{
    bool good = true;
    if (node->type == YAML_SCALAR_NODE) {
        return yaml_number_fits(node, schema) || refuse(w, node, schema, place);
    } else if (node->type == YAML_SEQUENCE_NODE && yaml_schema_entry(schema) != schema) {
        const yaml_node_item_t *end = node->data.sequence.items.top;
        for (const yaml_node_item_t *i = node->data.sequence.items.start; good && i < end; i++)
            good = check(w, yaml_document_get_node(w->document, *i), schema->sequence.entry, place);
    } else if (node->type == YAML_MAPPING_NODE && schema->type == CYAML_MAPPING) {
        const yaml_node_pair_t *end = node->data.mapping.pairs.top;
        for (const yaml_node_pair_t *i = node->data.mapping.pairs.start; good && i < end; i++) {
            const yaml_node_t *key = yaml_document_get_node(w->document, i->key);
            if (key->type != YAML_SCALAR_NODE)
                continue;
            struct place inside = {place, (const char *)key->data.scalar.value};
            const cyaml_schema_value_t *field = yaml_schema_field(schema, inside.key);
            good =
                !field || check(w, yaml_document_get_node(w->document, i->value), field, &inside);
        }
    }
    return good;
}

bool yaml_numbers_check(yaml_document_t *document, const char *path,
                        const cyaml_schema_value_t *schema, struct error *e)
{
    struct walk w = {document, path, e};
    const yaml_node_t *root = yaml_document_get_root_node(document);
    return !root || check(&w, root, schema, NULL);
}
