#include "base/yaml_mistakes.h"

#include <string.h>
#include <yaml.h>

#include "base/memory.h"
#include "base/yaml_numbers.h"
#include "base/yaml_schema.h"

struct walk {
    yaml_document_t *document;
    const char *known; /* the message that there is already */
    struct text more;
    size_t unsaid; /* for which there was no room */
    bool passed;   /* the missing key that the message is of */
};

/* After so many of those the rest is not looked at: a file may be large. */
enum { MOST_UNSAID = 1000 };

/* Bytes of a message that are kept for the count of those unsaid. */
enum { ROOM = sizeof((struct error *)0)->message - 32 };

static char *inside(const char *place, const char *key)
{
    return place[0] ? memory_format("%s.%s", place, key) : memory_copy_of(key);
}

/* Whether the message is of this one, which is the first of its kind: a missing key's line is
 * another there, and the whole document's is not said. */
static bool is_known(struct walk *w, const char *place, size_t line, bool missing)
{
    char *where = missing ? memory_format("key %s: it is missing", place)
                          : memory_format(", line %zu, key %s:", line, place);
    bool known = !place[0] || (strstr(w->known, where) && !(missing && w->passed));
    w->passed = w->passed || (known && missing);
    free(where);
    return known;
}

static void add(struct walk *w, const yaml_node_t *node, const char *place, const char *problem,
                const char *remedy)
{
    size_t line = node->start_mark.line + 1;
    if (is_known(w, place, line, strcmp(problem, "it is missing") == 0))
        return;
    char *one = memory_format("; also line %zu, key %s: %s%s", line, place, problem, remedy);
    if (w->unsaid || strlen(w->known) + w->more.length + strlen(one) > ROOM)
        w->unsaid++;
    else
        text_append(&w->more, one);
    free(one);
}

static void add_expected(struct walk *w, const yaml_node_t *node, const char *place,
                         const char *problem, const cyaml_schema_value_t *schema)
{
    struct text expected = {0};
    text_append(&expected, "; expected ");
    yaml_schema_describe(schema, &expected);
    add(w, node, place, problem, text_string(&expected));
    text_release(&expected);
}

static void add_unknown(struct walk *w, const yaml_node_t *key, const char *place, const char *name,
                        const cyaml_schema_value_t *schema)
{
    const char *near = yaml_schema_nearest(schema, name);
    char *remedy = near ? memory_format("; did you mean '%s'?", near) : memory_copy_of("");
    add(w, key, place, "unknown key", remedy);
    free(remedy);
}

static bool is_word(const char *value, const cyaml_schema_value_t *schema)
{
    for (uint32_t i = 0; i < schema->enumeration.count; i++)
        if (strcmp(schema->enumeration.strings[i].str, value) == 0)
            return true;
    return false;
}

static void check_scalar(struct walk *w, const yaml_node_t *node,
                         const cyaml_schema_value_t *schema, const char *place)
{
    const char *value = (const char *)node->data.scalar.value;
    if (schema->type == CYAML_ENUM ? is_word(value, schema) : yaml_number_fits(node, schema))
        return;
    char *line = text_one_line(value);
    char *problem = memory_format("'%.60s' does not fit", line);
    add_expected(w, node, place, problem, schema);
    free(problem);
    free(line);
}

static void check(struct walk *w, const yaml_node_t *node, const cyaml_schema_value_t *schema,
                  const char *place);

static void check_keys(struct walk *w, const yaml_node_t *node, const cyaml_schema_value_t *schema,
                       const char *place)
{
    const yaml_node_pair_t *end = node->data.mapping.pairs.top;
    for (const yaml_node_pair_t *i = node->data.mapping.pairs.start;
         i < end && w->unsaid < MOST_UNSAID; i++) {
        const yaml_node_t *key = yaml_document_get_node(w->document, i->key);
        if (key->type != YAML_SCALAR_NODE)
            continue;
        const char *name = (const char *)key->data.scalar.value;
        const cyaml_schema_value_t *field = yaml_schema_field(schema, name);
        char *within = inside(place, name);
        if (field)
            check(w, yaml_document_get_node(w->document, i->value), field, within);
        else
            add_unknown(w, key, within, name, schema);
        free(within);
    }
}

/* Whether the mapping has the key, or one that was probably meant to be it. */
static bool has_key(const struct walk *w, const yaml_node_t *node,
                    const cyaml_schema_value_t *schema, const char *name)
{
    const yaml_node_pair_t *end = node->data.mapping.pairs.top;
    for (const yaml_node_pair_t *i = node->data.mapping.pairs.start; i < end; i++) {
        const yaml_node_t *key = yaml_document_get_node(w->document, i->key);
        if (key->type != YAML_SCALAR_NODE)
            continue;
        const char *given = (const char *)key->data.scalar.value;
        const char *meant =
            yaml_schema_field(schema, given) ? given : yaml_schema_nearest(schema, given);
        if (meant && strcmp(meant, name) == 0)
            return true;
    }
    return false;
}

static void check_required(struct walk *w, const yaml_node_t *node,
                           const cyaml_schema_value_t *schema, const char *place)
{
    for (const cyaml_schema_field_t *f = schema->mapping.fields; f->key && w->unsaid < MOST_UNSAID;
         f++) {
        if ((f->value.flags & CYAML_FLAG_OPTIONAL) || has_key(w, node, schema, f->key))
            continue;
        char *within = inside(place, f->key);
        add_expected(w, node, within, "it is missing", &f->value);
        free(within);
    }
}

/* As deep as the schema, which has an end where a document's aliases have none. */
static void check(struct walk *w, const yaml_node_t *node, const cyaml_schema_value_t *schema,
                  const char *place)
{
    static const char *const found[] = {[YAML_SCALAR_NODE] = "found a single value",
                                        [YAML_SEQUENCE_NODE] = "found a list",
                                        [YAML_MAPPING_NODE] = "found a mapping"};
    yaml_node_type_t wanted = yaml_schema_entry(schema) != schema ? YAML_SEQUENCE_NODE
                              : schema->type == CYAML_MAPPING     ? YAML_MAPPING_NODE
                                                                  : YAML_SCALAR_NODE;
    if (node->type != wanted) {
        add_expected(w, node, place, found[node->type], schema);
    } else if (wanted == YAML_SCALAR_NODE) {
        check_scalar(w, node, schema, place);
    } else if (wanted == YAML_MAPPING_NODE) {
        check_keys(w, node, schema, place);
        check_required(w, node, schema, place);
    } else {
        const yaml_node_item_t *end = node->data.sequence.items.top;
        for (const yaml_node_item_t *i = node->data.sequence.items.start;
             i < end && w->unsaid < MOST_UNSAID; i++)
            check(w, yaml_document_get_node(w->document, *i), schema->sequence.entry, place);
    }
}

static void append(struct walk *w, struct error *e)
{
    if (w->unsaid)
        text_append_format(&w->more, "; and %s%zu more", w->unsaid < MOST_UNSAID ? "" : "at least ",
                           w->unsaid);
    if (w->more.length) {
        char *known = memory_copy_of(w->known);
        error_reword(e, "%s%s", known, text_string(&w->more));
        free(known);
    }
}

void yaml_mistakes_add(const struct text *source, const cyaml_schema_value_t *schema,
                       struct error *e)
{
    yaml_parser_t parser;
    yaml_document_t document;
    struct walk w = {.document = &document, .known = e->message};
    if (!yaml_parser_initialize(&parser))
        memory_exhausted();
    yaml_parser_set_input_string(&parser, (const unsigned char *)text_string(source),
                                 source->length);
    if (yaml_parser_load(&parser, &document)) {
        const yaml_node_t *root = yaml_document_get_root_node(&document);
        if (root)
            check(&w, root, schema, "");
        append(&w, e);
        yaml_document_delete(&document);
    }
    text_release(&w.more);
    yaml_parser_delete(&parser);
}
