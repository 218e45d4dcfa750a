#include "rehearsal/remembered.h"

#include <stdlib.h>

static void release(struct rehearsal *r, void *state)
{
    struct remembered *m = state;
    if (m->copy)
        kept_copy_drop(r, m->copy);
    free(m->copy);
    for (size_t i = 0; i < m->fingerprint_count; i++)
        fingerprint_release(&m->fingerprints[i]);
    free(m->fingerprints);
    snapshot_release(&m->snapshot);
    row_versions_release(&m->versions);
}

static const struct slot_kind kind = {sizeof(struct remembered), release};

struct remembered *remembered_make(struct rehearsal *r, const char *name)
{
    const struct remembered *before = remembered_last(r);
    struct remembered *m = slot_make(r, &kind, name);
    m->before = before;
    return m;
}

const struct remembered *remembered_find(const struct rehearsal *r, const char *name,
                                         struct error *e)
{
    const struct remembered *m = slot_get(r, &kind, name);
    if (!m)
        error_set(e, ERROR_USAGE, "the scenario compares with '%s' but never remembered it", name);
    return m;
}

const struct remembered *remembered_first(const struct rehearsal *r)
{
    const struct remembered *m = remembered_last(r);
    while (m && m->before)
        m = m->before;
    return m;
}

const struct remembered *remembered_last(const struct rehearsal *r)
{
    return slot_get(r, &kind, NULL);
}
