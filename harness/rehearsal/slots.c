#include "rehearsal/slots.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "rehearsal/rehearsal.h"

struct slot {
    const struct slot_kind *kind;
    char *name;
    void *state;
    struct slot *before; /* made before this one; NULL: this was the first */
};

void *slot_make(struct rehearsal *r, const struct slot_kind *kind, const char *name)
{
    struct slot *slot = memory_zeroed(1, sizeof *slot);
    *slot = (struct slot){.kind = kind,
                          .name = memory_copy_of(name),
                          .state = memory_zeroed(1, kind->size),
                          .before = r->slots};
    r->slots = slot;
    return slot->state;
}

void *slot_get(const struct rehearsal *r, const struct slot_kind *kind, const char *name)
{
    for (const struct slot *s = r->slots; s; s = s->before)
        if (s->kind == kind && (!name || (s->name && strcmp(s->name, name) == 0)))
            return s->state;
    return NULL;
}

void *slot_single(struct rehearsal *r, const struct slot_kind *kind)
{
    void *state = slot_get(r, kind, NULL);
    return state ? state : slot_make(r, kind, NULL);
}

void slots_release(struct rehearsal *r)
{
    while (r->slots) {
        struct slot *last = r->slots;
        r->slots = last->before;
        if (last->kind->release)
            last->kind->release(r, last->state);
        free(last->state);
        free(last->name);
        free(last);
    }
}
