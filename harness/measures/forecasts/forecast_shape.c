/* The number of rows in production, from its shape. */
#include <string.h>

#include "base/memory.h"
#include "base/yaml_name.h"
#include "measures/forecasts/forecast.h"
#include "shape/shape.h"

/* "orders" means "public.orders", else the only table of that name in another schema. */
static const struct shape_table *find_table(const struct shape *s, const char *name)
{
    char *qualified = memory_format("public.%s", name);
    const struct shape_table *found = shape_table(s, name);
    found = found ? found : shape_table(s, qualified);
    for (uint32_t i = 0; !found && i < s->table_count; i++) {
        const char *dot = strrchr(s->tables[i].name, '.');
        if (dot && strcmp(dot + 1, name) == 0)
            found = &s->tables[i];
    }
    free(qualified);
    return found;
}

static bool no_such_table(const struct shape *s, const char *name, struct error *e)
{
    const char **names = memory_zeroed(s->table_count, sizeof *names);
    for (uint32_t i = 0; i < s->table_count; i++)
        names[i] = s->tables[i].name;
    char *remedy = yaml_name_remedy(name, names, s->table_count);
    error_set(e, ERROR_USAGE, "there is no table %s in it; %s", name, remedy);
    free(remedy);
    free(names);
    return false;
}

static bool choose(const struct shape *s, const struct suite *suite, const char *table, char **name,
                   double *rows, struct error *e)
{
    size_t count = table ? 1 : suite->preserved_table_count;
    for (size_t i = 0; i < count; i++) {
        const char *one = table ? table : suite->preserved_tables[i];
        const struct shape_table *t = find_table(s, one);
        if (!t)
            return no_such_table(s, one, e);
        if (!t->rows || (double)*t->rows <= *rows)
            continue;
        free(*name);
        *name = memory_copy_of(one);
        *rows = (double)*t->rows;
    }
    return *name || error_set(e, ERROR_USAGE,
                              "it has no rows for %s; ANALYZE production's tables and write the "
                              "shape again, or give --rows",
                              table ? table : "the suite's preserved tables");
}

/* As pgrehearse shape writes it: "4194304kB"; 0: it is the default, or in another form. */
static double read_buffers(const struct shape *s)
{
    const char *value = shape_setting(s, "shared_buffers");
    char *end = NULL;
    double kilobytes = value ? strtod(value, &end) : 0;
    return end && strcmp(end, "kB") == 0 ? kilobytes * 1024 : 0;
}

bool forecast_shape(const char *path, const struct suite *suite, const char *table, char **name,
                    double *rows, const char **how, double *buffers, struct error *e)
{
    struct shape *s = shape_load(path, e);
    *name = NULL;
    *rows = -1;
    if (!s)
        return error_prefix(e, "--shape");
    bool good = choose(s, suite, table, name, rows, e);
    if (good) {
        *buffers = read_buffers(s);
        *how = "as its shape says";
    }
    shape_free(s);
    return good || error_prefix(e, "--shape %s", path);
}
