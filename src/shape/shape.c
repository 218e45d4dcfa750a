#include "shape/shape.h"

#include <string.h>

#include "base/yaml_file.h"
#include "shape/shape_schema.h"

static bool check(const struct shape *s, const char *path, struct error *e)
{
    if (s->shape != SHAPE_FORMAT)
        return error_set(e, ERROR_USAGE,
                         "%s: shapes of format %u are not known here, only of format %d; write it "
                         "again with pgrehearse shape",
                         path, s->shape, SHAPE_FORMAT);
    for (uint32_t i = 0; i < s->table_count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (strcmp(s->tables[i].name, s->tables[j].name) == 0)
                return error_set(e, ERROR_USAGE, "%s: duplicate table %s", path, s->tables[i].name);
    return true;
}

struct shape *shape_load(const char *path, struct error *e)
{
    void *loaded = NULL;
    if (!yaml_file_load_large(path, &shape_schema, &loaded, e))
        return NULL;
    struct shape *s = loaded;
    if (check(s, path, e))
        return s;
    shape_free(s);
    return NULL;
}

void shape_free(struct shape *shape)
{
    yaml_file_free(&shape_schema, shape);
}

const struct shape_table *shape_table(const struct shape *shape, const char *name)
{
    for (uint32_t i = 0; i < shape->table_count; i++)
        if (strcmp(shape->tables[i].name, name) == 0)
            return &shape->tables[i];
    return NULL;
}

const char *shape_setting(const struct shape *shape, const char *name)
{
    for (uint32_t i = 0; i < shape->setting_count; i++)
        if (strcmp(shape->settings[i].name, name) == 0)
            return shape->settings[i].value;
    return NULL;
}
