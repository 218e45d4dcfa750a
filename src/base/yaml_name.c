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

/* The line, from 1, of `value` (NULL: any) at the way `key` below the node; 0: it is not there. */
static size_t find(yaml_document_t *document, const yaml_node_t *node, const char *key,
                   const char *value, int depth)
{
    size_t line = 0;
    if (!node || depth == DEEPEST)
        return 0;
    if (!*key && !value)
        return node->start_mark.line + 1;
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

/* Of the value, or of the nearest key around it that there is; 0: of none. */
static size_t line_around(const char *path, const char *key, const char *value)
{
    char *way = memory_copy_of(key), *last;
    size_t line = line_of(path, way, value);
    if (!line && value)
        line = line_of(path, way, NULL);
    while (!line && (last = strrchr(way, '.'))) {
        *last = '\0';
        line = line_of(path, way, NULL);
    }
    free(way);
    return line;
}

/* An error of the same file gets one more, as far as there is room. */
static bool say(const char *path, size_t line, const char *key, const char *problem,
                struct error *e)
{
    char where[32] = "";
    size_t length = strlen(path);
    if (line)
        snprintf(where, sizeof where, "line %zu, ", line);
    if (e->kind != ERROR_USAGE || strncmp(e->message, path, length) != 0 ||
        e->message[length] != ',')
        return error_set(e, ERROR_USAGE, "%s, %skey %s: %s", path, where, key, problem);
    char *known = memory_copy_of(e->message);
    char *one = memory_format("%skey %s: %s", where, key, problem);
    if (!strstr(known, one) && strlen(known) + strlen(one) + 16 < sizeof e->message)
        error_reword(e, "%s; also %s", known, one);
    free(one);
    free(known);
    return false;
}

bool yaml_value_wrong(const char *path, const char *key, const char *value, const char *problem,
                      struct error *e)
{
    return say(path, line_around(path, key, value), key, problem, e);
}

bool yaml_name_unknown(const char *path, const char *key, const char *what, const char *value,
                       const char *const *names, size_t count, struct error *e)
{
    char *remedy = yaml_name_remedy(value, names, count);
    char *problem = memory_format("no %s '%s'; %s", what, value, remedy);
    say(path, line_of(path, key, value), key, problem, e);
    free(problem);
    free(remedy);
    return false;
}
