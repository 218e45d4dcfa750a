#include "migrate/template.h"

#include <ctype.h>

#include "base/memory.h"
#include "base/text.h"

/* The length of "{name}" here; 0 if none is. */
static size_t place_at(const char *source)
{
    size_t length = 1;
    if (source[0] != '{')
        return 0;
    while (islower((unsigned char)source[length]) || source[length] == '_')
        length++;
    return length > 1 && source[length] == '}' ? length + 1 : 0;
}

static const struct template_value *find(const struct template_value *values, size_t count,
                                         const char *name, size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(values[i].name) == length && strncmp(values[i].name, name, length) == 0)
            return &values[i];
    return NULL;
}

/* The number of the parameter for that value, 1 being the first; 0 if there are too many. */
static size_t parameter_for(struct template_query *q, const char **bound, const char *name,
                            const char *value)
{
    for (size_t i = 0; i < q->count; i++)
        if (strcmp(bound[i], name) == 0)
            return i + 1;
    if (q->count == TEMPLATE_PLACES)
        return 0;
    bound[q->count] = name;
    q->values[q->count++] = value;
    return q->count;
}

static bool fill_place(struct template_query *q, struct text *sql, const char **bound,
                       const struct template_value *v, struct error *e)
{
    size_t number = parameter_for(q, bound, v->name, v->value);
    text_append_format(sql, "$%zu", number);
    return number > 0 ||
           error_set(e, ERROR_USAGE, "more than %d placeholders in one statement", TEMPLATE_PLACES);
}

bool template_fill(struct template_query *q, const char *source, const char *table,
                   const struct template_value *values, size_t count, struct error *e)
{
    *q = (struct template_query){0};
    const char *bound[TEMPLATE_PLACES];
    struct text sql = {0};
    bool good = true;
    while (good && *source) {
        size_t length = place_at(source);
        const struct template_value *v =
            length ? find(values, count, source + 1, length - 2) : NULL;
        if (!length)
            text_append_bytes(&sql, source, length = 1);
        else if (strncmp(source, "{table}", length) == 0)
            text_append(&sql, table);
        else if (v)
            good = fill_place(q, &sql, bound, v, e);
        else
            good = error_set(e, ERROR_USAGE, "unknown placeholder %.*s", (int)length, source);
        source += length;
    }
    q->sql = text_detach(&sql);
    return good;
}

void template_release(struct template_query *q)
{
    free(q->sql);
    *q = (struct template_query){0};
}
