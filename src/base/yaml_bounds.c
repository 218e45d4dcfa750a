#include "base/yaml_bounds.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/memory.h"

enum {
    DEEPEST = 50,
    MOST_ANCHORS = 1000,
};

struct anchor {
    char *name;
    size_t size; /* nodes; 0 while it is being read */
};

struct open_node {
    size_t size;
    size_t anchor; /* its place among the anchors, from 1; 0: it has none */
};

struct bounds {
    struct open_node open[DEEPEST + 1];
    size_t depth;
    struct anchor *anchors;
    size_t anchor_count;
    size_t largest; /* nodes, an alias counted as what it stands for */
    const char *excess;
};

static size_t note_anchor(struct bounds *b, const yaml_char_t *name, size_t size)
{
    if (!name)
        return 0;
    if (b->anchor_count == MOST_ANCHORS) {
        b->excess = "more than 1000 anchors";
        return 0;
    }
    struct anchor *anchor = memory_append(&b->anchors, &b->anchor_count, sizeof *anchor);
    *anchor = (struct anchor){memory_copy_of((const char *)name), size};
    return b->anchor_count;
}

/* The last one of that name counts, as in YAML. An alias inside what it stands for is refused. */
static size_t size_of_alias(struct bounds *b, const yaml_char_t *name)
{
    for (size_t i = b->anchor_count; i > 0; i--)
        if (strcmp(b->anchors[i - 1].name, (const char *)name) == 0) {
            if (b->anchors[i - 1].size == 0)
                b->excess = "an alias within what it stands for";
            return b->anchors[i - 1].size;
        }
    return 1;
}

static void add(struct bounds *b, size_t size)
{
    size_t *all = &b->open[b->depth].size;
    *all += size;
    if (*all > b->largest)
        b->excess = b->largest == YAML_VALUES ? "more than 200000 values, with aliases written out"
                                              : "more values than such a file can have";
}

static void begin(struct bounds *b, const yaml_char_t *anchor)
{
    size_t place = note_anchor(b, anchor, 0);
    if (b->depth == DEEPEST) {
        b->excess = "nested more than 50 deep";
        return;
    }
    b->open[++b->depth] = (struct open_node){.size = 1, .anchor = place};
}

static void end(struct bounds *b)
{
    struct open_node done = b->open[b->depth--];
    if (done.anchor)
        b->anchors[done.anchor - 1].size = done.size;
    add(b, done.size);
}

static void take(struct bounds *b, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SEQUENCE_START_EVENT:
        begin(b, event->data.sequence_start.anchor);
        break;
    case YAML_MAPPING_START_EVENT:
        begin(b, event->data.mapping_start.anchor);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        end(b);
        break;
    case YAML_SCALAR_EVENT:
        if (memchr(event->data.scalar.value, '\0', event->data.scalar.length))
            b->excess = "a value with a NUL character, which nothing here can hold";
        note_anchor(b, event->data.scalar.anchor, 1);
        add(b, 1);
        break;
    case YAML_ALIAS_EVENT:
        add(b, size_of_alias(b, event->data.alias.anchor));
        break;
    default:
        break;
    }
}

/* Until the end of what can be read, or of what may be. */
static bool next(struct bounds *b, yaml_parser_t *parser, size_t *line)
{
    yaml_event_t event;
    if (b->excess || !yaml_parser_parse(parser, &event))
        return false;
    *line = event.start_mark.line + 1;
    take(b, &event);
    bool more = event.type != YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
    return more;
}

bool yaml_bounds_check(const struct text *source, const char *path, size_t values, struct error *e)
{
    struct bounds b = {.largest = values};
    yaml_parser_t parser;
    size_t line = 0;
    if (!yaml_parser_initialize(&parser))
        memory_exhausted();
    yaml_parser_set_input_string(&parser, (const unsigned char *)text_string(source),
                                 source->length);
    while (next(&b, &parser, &line))
        ;
    if (b.excess)
        error_set(e, ERROR_USAGE, "%s, line %zu: %s", path, line, b.excess);
    for (size_t i = 0; i < b.anchor_count; i++)
        free(b.anchors[i].name);
    free(b.anchors);
    yaml_parser_delete(&parser);
    return !b.excess;
}
