#include "postgres/array_cast.h"

#include <ctype.h>
#include <stdbool.h>

#include "base/memory.h"
#include "base/text.h"

static const char opening[] = "(ARRAY[", cast[] = "])::";

/* Past a string or a quoted name that begins at `p`; a doubled quote belongs to it. */
static const char *skip_quoted(const char *p)
{
    char quote = *p++;
    while (*p && (*p != quote || p[1] == quote))
        p += *p == quote ? 2 : 1;
    return *p ? p + 1 : p;
}

/* The end of one element: the comma or the bracket after it; NULL if there is none. */
static const char *element_end(const char *p)
{
    int depth = 0;
    while (*p) {
        if (*p == '\'' || *p == '"') {
            p = skip_quoted(p);
            continue;
        }
        if (depth == 0 && (*p == ',' || *p == ']'))
            return p;
        depth += (*p == '(' || *p == '[') - (*p == ')' || *p == ']');
        p++;
    }
    return NULL;
}

/* The end of a type's name, where `[]` stands; NULL if it is not a cast to an array. */
static const char *type_end(const char *p)
{
    while (*p && strncmp(p, "[]", 2) != 0) {
        if (*p == '"')
            p = skip_quoted(p);
        else if (isalnum((unsigned char)*p) || strchr("_ .(,)", *p) || (unsigned char)*p >= 0x80)
            p++;
        else
            return NULL;
    }
    return *p ? p : NULL;
}

/* The array at `p`, its elements cast one by one; where it ends, or NULL if it is not such an
 * array.
 */
static const char *spread_one(const char *p, struct text *out)
{
    const char *elements = p + strlen(opening), *end = elements;
    while ((end = element_end(end)) && *end == ',')
        end++;
    if (!end || strncmp(end, cast, strlen(cast)) != 0 || strncmp(elements, "ARRAY[", 6) == 0)
        return NULL;
    const char *type = end + strlen(cast), *stop = type_end(type);
    if (!stop || stop == type || strncmp(stop + 2, "[]", 2) == 0)
        return NULL;
    text_append(out, "ARRAY[");
    for (const char *from = elements; from < end;) {
        const char *to = element_end(from);
        text_append_format(out, "%s(%.*s)::%.*s", from == elements ? "" : ", ", (int)(to - from),
                           from, (int)(stop - type), type);
        from = to + (*to == ',');
        from += strspn(from, " ");
    }
    text_append(out, "]");
    return stop + 2;
}

char *array_cast_spread(const char *line)
{
    if (!strstr(line, opening))
        return NULL;
    struct text out = {0};
    bool any = false;
    for (const char *p = line; *p;) {
        const char *next = strncmp(p, opening, strlen(opening)) == 0 ? spread_one(p, &out) : NULL;
        any = any || next;
        if (!next) {
            next = *p == '\'' || *p == '"' ? skip_quoted(p) : p + 1;
            text_append_bytes(&out, p, (size_t)(next - p));
        }
        p = next;
    }
    char *spread = text_detach(&out);
    if (any)
        return spread;
    free(spread);
    return NULL;
}
