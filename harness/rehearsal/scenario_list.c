#include "rehearsal/scenario_list.h"

#include "base/memory.h"
#include "base/text.h"

char *scenario_name(const struct scenario *s)
{
    char *name = memory_copy_of(s->symbol);
    for (char *p = name; *p; p++)
        if (*p == '_')
            *p = '-';
    return name;
}

static bool choose_one(const struct scenario_list *list, const char *name, bool *chosen)
{
    bool found = false;
    for (size_t i = 0; i < list->count; i++) {
        char *this = scenario_name(list->entries[i].scenario);
        if (strcmp(this, name) == 0 || strcmp(list->entries[i].group, name) == 0)
            found = chosen[i] = true;
        free(this);
    }
    return found;
}

static bool unknown(const struct scenario_list *list, const char *name, struct error *e)
{
    struct text known = {0};
    for (size_t i = 0; i < list->count; i++) {
        char *this = scenario_name(list->entries[i].scenario);
        text_append_format(&known, "%s%s", i ? ", " : "", this);
        free(this);
    }
    error_set(e, ERROR_USAGE, "no scenario '%s'; there are: %s", name, text_string(&known));
    text_release(&known);
    return false;
}

bool scenario_choose(const struct scenario_list *list, const char *names, bool *chosen,
                     struct error *e)
{
    for (size_t i = 0; i < list->count; i++)
        chosen[i] = names == NULL && !list->entries[i].on_source;
    char *copy = memory_copy_of(names ? names : ""), *rest = copy, *name;
    bool good = true;
    while (names && good && (name = strsep(&rest, ",")))
        if (!choose_one(list, name, chosen))
            good = unknown(list, name, e);
    free(copy);
    return good;
}
