#include "migrate/revision_journal.h"

#include <yaml.h>

#include "base/memory.h"

/* The value of a key of a mapping; NULL where there is none. JSON is YAML. */
static yaml_node_t *value_of(yaml_document_t *document, const yaml_node_t *mapping, const char *key)
{
    if (!mapping || mapping->type != YAML_MAPPING_NODE)
        return NULL;
    for (const yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
         pair < mapping->data.mapping.pairs.top; pair++) {
        const yaml_node_t *name = yaml_document_get_node(document, pair->key);
        if (name && name->type == YAML_SCALAR_NODE &&
            strcmp((const char *)name->data.scalar.value, key) == 0)
            return yaml_document_get_node(document, pair->value);
    }
    return NULL;
}

static const char *string_of(yaml_document_t *document, const yaml_node_t *mapping, const char *key)
{
    const yaml_node_t *node = value_of(document, mapping, key);
    return node && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

static bool read_entry(struct revision_journal *j, const struct layout_journal *rules,
                       const char *path, yaml_document_t *document, const yaml_node_t *node,
                       struct error *e)
{
    const char *file = string_of(document, node, rules->file);
    const char *key = string_of(document, node, rules->key);
    if (!file || !key)
        return error_set(e, ERROR_USAGE, "%s, line %zu: an entry lacks '%s' or '%s'", path,
                         node->start_mark.line + 1, rules->file, rules->key);
    struct revision_journal_entry *entry =
        memory_append(&j->entries, &j->count, sizeof *j->entries);
    *entry = (struct revision_journal_entry){memory_copy_of(file), memory_copy_of(key)};
    return true;
}

static bool read_list(struct revision_journal *j, const struct layout_journal *rules,
                      const char *path, yaml_document_t *document, struct error *e)
{
    yaml_node_t *list = value_of(document, yaml_document_get_root_node(document), rules->list);
    if (!list || list->type != YAML_SEQUENCE_NODE)
        return error_set(e, ERROR_USAGE, "%s: the list '%s' is missing", path, rules->list);
    for (const yaml_node_item_t *item = list->data.sequence.items.start;
         item < list->data.sequence.items.top; item++) {
        const yaml_node_t *node = yaml_document_get_node(document, *item);
        if (!node || !read_entry(j, rules, path, document, node, e))
            return false;
    }
    return true;
}

bool revision_journal_read(struct revision_journal *j, const struct layout_journal *rules,
                           const char *path, const char *content, struct error *e)
{
    *j = (struct revision_journal){0};
    yaml_parser_t parser;
    yaml_document_t document;
    if (!yaml_parser_initialize(&parser))
        memory_exhausted();
    yaml_parser_set_input_string(&parser, (const unsigned char *)content, strlen(content));
    bool good = yaml_parser_load(&parser, &document);
    if (good) {
        good = read_list(j, rules, path, &document, e);
        yaml_document_delete(&document);
    } else {
        error_set(e, ERROR_USAGE, "%s, line %zu: not JSON", path, parser.problem_mark.line + 1);
    }
    yaml_parser_delete(&parser);
    return good;
}

void revision_journal_release(struct revision_journal *j)
{
    for (size_t i = 0; i < j->count; i++) {
        free(j->entries[i].file);
        free(j->entries[i].key);
    }
    free(j->entries);
    *j = (struct revision_journal){0};
}

const struct revision_journal_entry *revision_journal_find(const struct revision_journal *j,
                                                           const char *file)
{
    for (size_t i = 0; i < j->count; i++)
        if (strcmp(j->entries[i].file, file) == 0)
            return &j->entries[i];
    return NULL;
}
