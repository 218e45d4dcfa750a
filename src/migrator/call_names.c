#include "migrator/call_names.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

void call_name(struct call *c, const char *name, char *value)
{
    for (size_t i = 0; i < c->name_count; i++)
        if (strcmp(c->names[i].name, name) == 0) {
            free(c->names[i].value);
            c->names[i].value = value;
            return;
        }
    if (c->name_count == CALL_MOST_NAMES)
        memory_exhausted();
    c->names[c->name_count++] = (struct call_name){name, value};
}

static const char *value_of(const struct call *c, const char *place, size_t length)
{
    for (size_t i = 0; i < c->name_count; i++)
        if (strlen(c->names[i].name) == length && strncmp(c->names[i].name, place, length) == 0)
            return c->names[i].value;
    return NULL;
}

char *call_fill(const struct call *c, const char *template, bool quoted)
{
    struct text t = {0};
    for (const char *p = template; *p;) {
        size_t length = *p == '{' ? strcspn(p + 1, "{}") : 0;
        const char *value = length && p[1 + length] == '}' ? value_of(c, p + 1, length) : NULL;
        if (value && quoted)
            text_append_word(&t, value);
        else if (value)
            text_append(&t, value);
        else
            text_append_bytes(&t, p, 1);
        p += value ? length + 2 : 1;
    }
    return text_detach(&t);
}
