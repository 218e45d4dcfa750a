#include "base/memory.h"
#include "rehearsal/preserved.h"

static bool take_fingerprints(struct rehearsal *r, struct remembered *m, struct error *e)
{
    char **tables;
    size_t count;
    bool good = preserved_list(r, &tables, &count, e);
    m->fingerprints = memory_zeroed(count, sizeof *m->fingerprints);
    for (size_t i = 0; good && i < count; i++) {
        m->fingerprint_count = i + 1;
        good = fingerprint_take(&r->connection, tables[i], NULL, 0, &m->fingerprints[i], e) ||
               error_prefix(e, "rows of %s", tables[i]);
    }
    preserved_release(tables, count);
    return good;
}

void remember(struct rehearsal *r, const char *name)
{
    step_begin(r, "remember schema and rows as '%s'", name);
    struct check *c = step_check(r, "remember", NULL, "'%s' is remembered", name);
    if (!step_runs(r))
        return;
    struct error e = {0};
    struct remembered *m =
        memory_append(&r->remembered, &r->remembered_count, sizeof *r->remembered);
    m->name = memory_copy_of(name);
    if (preserved_snapshot(r, &m->snapshot, &e) && preserved_versions(r, NULL, &m->versions, &e) &&
        take_fingerprints(r, m, &e))
        check_pass(r, c);
    else
        check_error(r, c, &e);
}
