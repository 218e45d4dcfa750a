#include "base/memory.h"
#include "rehearsal/kept_log.h"
#include "rehearsal/preserved.h"
#include "rehearsal/remembered.h"

static bool take_fingerprints(struct rehearsal *r, struct remembered *m, struct error *e)
{
    const struct suite *suite = r->run->ground.suite;
    m->fingerprints = memory_zeroed(suite->preserved_table_count, sizeof *m->fingerprints);
    for (unsigned i = 0; i < suite->preserved_table_count; i++) {
        m->fingerprint_count = i + 1;
        if (!fingerprint_take(&r->connection, suite->preserved_tables[i], NULL, 0,
                              &m->fingerprints[i], e))
            return error_prefix(e, "rows of %s", suite->preserved_tables[i]);
    }
    return true;
}

/* Where no table is named, rows have to be found again under other names and types. */
static bool keep_copy(struct rehearsal *r, const char *name, struct remembered *m, struct error *e)
{
    m->copy = memory_zeroed(1, sizeof *m->copy);
    return kept_copy_make(r, name, m->copy, e);
}

static bool take_rows(struct rehearsal *r, const char *name, struct remembered *m, struct error *e)
{
    return preserved_are_named(r) ? take_fingerprints(r, m, e) : keep_copy(r, name, m, e);
}

void remember(struct rehearsal *r, const char *name)
{
    step_begin(r, "remember schema and rows as '%s'", name);
    struct check *c = step_check(r, "remember", NULL, "'%s' is remembered", name);
    if (!step_runs(r))
        return;
    struct error e = {0};
    struct remembered *m = remembered_make(r, name);
    m->commands = kept_log_count(r);
    if (preserved_snapshot(r, &m->snapshot, &e) && preserved_versions(r, NULL, &m->versions, &e) &&
        take_rows(r, name, m, &e))
        check_pass(r, c);
    else
        check_error(r, c, &e);
}
