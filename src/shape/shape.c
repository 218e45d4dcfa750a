#include "shape/shape.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/yaml_file.h"
#include "shape/shape_schema.h"

static const size_t longest_shape = 256u << 20; /* bytes, of which only the format is asked */

static bool refuse_format(unsigned long format, const char *path, struct error *e)
{
    return error_set(e, ERROR_USAGE,
                     "%s: shapes of format %lu are not known here, only of format %d; write it "
                     "again with pgrehearse shape",
                     path, format, SHAPE_FORMAT);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts the names. */
static bool check_unique(const char **names, size_t count, const char *what, const char *path,
                         struct error *e)
{
    if (count)
        qsort(names, count, sizeof *names, by_name);
    for (size_t i = 1; i < count; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            return error_set(e, ERROR_USAGE, "%s: duplicate %s %s", path, what, names[i]);
    return true;
}

static bool check_names(const struct shape *s, const char *path, struct error *e)
{
    size_t most = s->table_count > s->role_count ? s->table_count : s->role_count;
    const char **names = memory_zeroed(most ? most : 1, sizeof *names);
    for (uint32_t i = 0; i < s->table_count; i++)
        names[i] = s->tables[i].name;
    bool good = check_unique(names, s->table_count, "table", path, e);
    for (uint32_t i = 0; i < s->role_count; i++)
        names[i] = s->roles[i].name;
    good = good && check_unique(names, s->role_count, "role", path, e);
    free(names);
    return good;
}

/* A figure that pgrehearse shape would not have written. */
static bool check_figure(const double *figure, double least, double most, const char *key,
                         const char *place, const char *path, struct error *e)
{
    return !figure || (*figure >= least && *figure <= most) ||
           error_set(e, ERROR_USAGE, "%s: %s, %s %g: expected %g to %g", path, place, key, *figure,
                     least, most);
}

static bool check_column(const struct shape_column *c, const char *place, const char *path,
                         struct error *e)
{
    return check_figure(c->nulls, 0, 1, "nulls", place, path, e) &&
           check_figure(c->distinct, -1, 1e15, "distinct", place, path, e) &&
           check_figure(c->width, 0, 1 << 30, "width", place, path, e) &&
           check_figure(c->correlation, -1, 1, "correlation", place, path, e) &&
           (c->share_count == 0 || c->share_count == c->common_count ||
            error_set(e, ERROR_USAGE, "%s: %s, common %u, shares %u: expected as many of both",
                      path, place, c->common_count, c->share_count));
}

static bool check_table(const struct shape_table *t, const char *path, struct error *e)
{
    char *place = memory_format("table %s", t->name);
    double rows = t->rows ? (double)*t->rows : 0;
    bool good = check_figure(&rows, 0, 1e15, "rows", place, path, e) &&
                check_figure(t->bloat, 0, 1, "bloat", place, path, e);
    free(place);
    for (uint32_t i = 0; good && i < t->column_count; i++) {
        place = memory_format("table %s, column %s", t->name, t->columns[i].name);
        good = check_column(&t->columns[i], place, path, e);
        free(place);
    }
    return good;
}

static bool check(const struct shape *s, const char *path, struct error *e)
{
    bool good =
        s->shape == SHAPE_FORMAT ? check_names(s, path, e) : refuse_format(s->shape, path, e);
    for (uint32_t i = 0; good && i < s->table_count; i++)
        good = check_table(&s->tables[i], path, e);
    return good;
}

/*
 * A file of another format has other keys, too: then the format is what there is to say. It is the
 * first key that pgrehearse shape writes.
 */
static void explain_format(const char *path, struct error *e)
{
    struct text text = {0};
    unsigned long format = 0;
    if (text_read_file(&text, path, longest_shape)) {
        const char *p = text_string(&text);
        p += strspn(p, "{ \n\r\t\"");
        format = strncmp(p, "shape", 5) == 0 ? strtoul(p + 5 + strspn(p + 5, "\": "), NULL, 10) : 0;
    }
    text_release(&text);
    if (format > SHAPE_FORMAT) {
        error_clear(e);
        refuse_format(format, path, e);
    }
}

struct shape *shape_load(const char *path, struct error *e)
{
    void *loaded = NULL;
    if (!yaml_file_load_large(path, &shape_schema, &loaded, e)) {
        explain_format(path, e);
        return NULL;
    }
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
