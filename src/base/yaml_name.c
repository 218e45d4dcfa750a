#include "base/yaml_name.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "base/text.h"
#include "base/yaml_bounds.h"

enum { DEEPEST = 16 };                     /* aliases may lead in a circle */
static const size_t file_limit = 4u << 20; /* bytes */

/* The line, from 1, of `value` at the way `key` below the node; 0: it is not there. */
static size_t find(yaml_document_t *document, const yaml_node_t *node, const char *key,
                   const char *value, int depth)
{
    size_t line = 0;
    if (!node || depth == DEEPEST)
        return 0;
    if (node->type == YAML_SCALAR_NODE)
        return !*key && strcmp((const char *)node->data.scalar.value, value) == 0
                   ? node->start_mark.line + 1
                   : 0;
    if (node->type == YAML_SEQUENCE_NODE) {
        const yaml_node_item_t *end = node->data.sequence.items.top;
        for (const yaml_node_item_t *i = node->data.sequence.items.start; !line && i < end; i++)
            line = find(document, yaml_document_get_node(document, *i), key, value, depth + 1);
        return line;
    }
    size_t length = strcspn(key, ".");
    const yaml_node_pair_t *end = node->data.mapping.pairs.top;
    for (const yaml_node_pair_t *i = node->data.mapping.pairs.start; !line && i < end; i++) {
        const yaml_node_t *name = yaml_document_get_node(document, i->key);
        if (name->type == YAML_SCALAR_NODE && name->data.scalar.length == length && length &&
            strncmp((const char *)name->data.scalar.value, key, length) == 0)
            line = find(document, yaml_document_get_node(document, i->value),
                        key + length + (key[length] == '.'), value, depth + 1);
    }
    return line;
}

static size_t line_of(const char *path, const char *key, const char *value)
{
    struct text source = {0};
    yaml_parser_t parser;
    yaml_document_t document;
    size_t line = 0;
    struct error ignored = {0};
    if (text_read_file(&source, path, file_limit) &&
        yaml_bounds_check(&source, path, YAML_VALUES, &ignored) &&
        yaml_parser_initialize(&parser)) {
        yaml_parser_set_input_string(&parser, (const unsigned char *)text_string(&source),
                                     source.length);
        if (yaml_parser_load(&parser, &document)) {
            line = find(&document, yaml_document_get_root_node(&document), key, value, 0);
            yaml_document_delete(&document);
        }
        yaml_parser_delete(&parser);
    }
    text_release(&source);
    return line;
}

char *yaml_name_remedy(const char *value, const char *const *names, size_t count)
{
    const char *near = nearest_name(value, names, count);
    struct text t = {0};
    if (near)
        text_append_format(&t, "did you mean '%s'?", near);
    else if (count == 0)
        text_append(&t, "none are declared");
    for (size_t i = 0; !near && i < count; i++)
        text_append_format(&t, "%s%s", i ? ", " : "expected one of ", names[i]);
    return text_detach(&t);
}

bool yaml_name_unknown(const char *path, const char *key, const char *what, const char *value,
                       const char *const *names, size_t count, struct error *e)
{
    char where[32] = "", *remedy = yaml_name_remedy(value, names, count);
    size_t line = line_of(path, key, value);
    if (line)
        snprintf(where, sizeof where, ", line %zu", line);
    error_set(e, ERROR_USAGE, "%s%s, key %s: no %s '%s'; %s", path, where, key, what, value,
              remedy);
    free(remedy);
    return false;
}
