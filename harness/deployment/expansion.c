#include "deployment/expansion.h"

#include "base/memory.h"
#include "base/text.h"

static const char *find(const char *name, const char *const *variables)
{
    size_t length = strlen(name);
    for (; variables && *variables; variables++)
        if (strncmp(*variables, name, length) == 0 && (*variables)[length] == '=')
            return *variables + length + 1;
    return getenv(name);
}

char *expansion_of(const char *text, const char *const *variables, struct secrets *secrets,
                   struct error *e)
{
    struct text t = {0};
    const char *place;
    while ((place = strstr(text, "${"))) {
        const char *end = strchr(place, '}');
        if (!end)
            break;
        text_append_bytes(&t, text, (size_t)(place - text));
        char *name = memory_format("%.*s", (int)(end - place - 2), place + 2);
        const char *value = find(name, variables);
        if (!value) {
            error_set(e, ERROR_USAGE, "${%s}: expected this variable in the environment", name);
            free(name);
            text_release(&t);
            return NULL;
        }
        text_append(&t, value);
        if (secrets)
            secrets_add(secrets, value);
        free(name);
        text = end + 1;
    }
    text_append(&t, text);
    return text_detach(&t);
}
