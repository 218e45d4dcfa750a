#include "rules/statement_at_fault.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const struct statement_cost *by_number(const struct cost_record *c, size_t number)
{
    return number && number <= c->statement_count ? &c->statements[number - 1] : NULL;
}

static const struct statement_cost *named(const struct cost_record *c, const struct sighting *s)
{
    const char *word = strstr(s->evidence, "statement ");
    return word ? by_number(c, strtoul(word + strlen("statement "), NULL, 10)) : NULL;
}

static const struct statement_cost *locking(const struct cost_record *c, const struct sighting *s)
{
    const struct lock_cost *first = NULL;
    for (size_t i = 0; i < c->lock_count; i++) {
        const struct lock_cost *l = &c->locks[i];
        if (strcmp(l->object, s->object) == 0 && strcmp(l->mode, "AccessExclusiveLock") == 0 &&
            (!first || l->statement < first->statement))
            first = l;
    }
    return first ? by_number(c, first->statement) : NULL;
}

/* "notes" of "column made of public.notes", "touch" of "function public.touch(integer)". */
static char *last_name(const char *object)
{
    size_t end = strcspn(object, "(");
    const char *start = object + end;
    while (start > object && start[-1] != '.' && start[-1] != ' ')
        start--;
    size_t length = (size_t)(object + end - start);
    if (length > 2 && *start == '"') {
        start++;
        length -= 2;
    }
    return memory_format("%.*s", (int)length, start);
}

static const struct statement_cost *mentioning(const struct cost_record *c,
                                               const struct sighting *s)
{
    const struct statement_cost *found = NULL;
    char *name = last_name(s->object);
    for (size_t i = 0; i < c->statement_count && !found && strlen(name) > 1; i++)
        if (c->statements[i].sql && strstr(c->statements[i].sql, name))
            found = &c->statements[i];
    free(name);
    return found;
}

const struct statement_cost *statement_at_fault(const struct cost_record *c,
                                                const struct sighting *s)
{
    const struct statement_cost *found = named(c, s);
    if (!found)
        found = locking(c, s);
    return found ? found : mentioning(c, s);
}
