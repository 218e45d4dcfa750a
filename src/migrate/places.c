#include "migrate/places.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

static const char place_of_name[] = "{name}";

/* The name in capitals where the variable has {name}; to be freed. */
static char *variable_of(const struct layout_places *places, const char *name)
{
    const char *at = strstr(places->variable, place_of_name);
    struct text t = {0};
    if (!at)
        return memory_copy_of(places->variable);
    text_append_bytes(&t, places->variable, (size_t)(at - places->variable));
    for (const char *p = name; *p; p++) {
        char c = isalnum((unsigned char)*p) ? (char)toupper((unsigned char)*p) : '_';
        text_append_bytes(&t, &c, 1);
    }
    text_append(&t, at + strlen(place_of_name));
    return text_detach(&t);
}

/* NULL if there is none. */
static const char *value_of(const struct layout_places *places, const char *name,
                            const char *variable)
{
    const char *value = getenv(variable);
    size_t length = strlen(name);
    for (unsigned i = 0; !value && i < places->values_count; i++)
        if (strncmp(places->values[i], name, length) == 0 && places->values[i][length] == '=')
            value = places->values[i] + length + 1;
    return value;
}

static bool fill_one(const struct layout *l, const char *place, const regmatch_t *parts,
                     struct text *filled, char **wanted)
{
    char *name = pattern_part(place, &parts[l->place.regex.re_nsub]);
    char *variable = variable_of(l->rules->places, name ? name : "");
    const char *value = value_of(l->rules->places, name ? name : "", variable);
    if (value)
        text_append(filled, value);
    else
        *wanted = memory_copy_of(variable);
    free(variable);
    free(name);
    return value != NULL;
}

bool places_fill(const struct layout *l, const char *path, const char *content, struct text *filled,
                 struct error *e)
{
    regmatch_t parts[LAYOUT_GROUPS + 1];
    const char *rest = content;
    char *wanted = NULL;
    while (l->rules->places && pattern_find(&l->place, rest, parts, LAYOUT_GROUPS + 1)) {
        text_append_bytes(filled, rest, (size_t)parts[0].rm_so);
        if (!fill_one(l, rest, parts, filled, &wanted)) {
            error_set(e, ERROR_UNAVAILABLE,
                      "%s, line %u: %s fills in %.*s, and here it has no value: set the "
                      "environment variable %s",
                      path, text_line_of(content, rest + parts[0].rm_so), l->rules->title,
                      (int)(parts[0].rm_eo - parts[0].rm_so), rest + parts[0].rm_so, wanted);
            free(wanted);
            return false;
        }
        rest += parts[0].rm_eo;
    }
    text_append(filled, rest);
    return true;
}
