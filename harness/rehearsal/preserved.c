#include "rehearsal/preserved.h"

#include "base/memory.h"
#include "ground/tables.h"
#include "schema/left_out.h"

bool preserved_are_named(const struct rehearsal *r)
{
    return r->run->ground.suite->preserved_table_count > 0;
}

static void add(char ***names, size_t *count, const char *name)
{
    *(char **)memory_append(names, count, sizeof **names) = memory_copy_of(name);
}

bool preserved_list(struct rehearsal *r, char ***names, size_t *count, struct error *e)
{
    const struct suite *suite = r->run->ground.suite;
    *names = NULL;
    *count = 0;
    if (!preserved_are_named(r)) {
        struct table_list tables;
        bool good = ground_list_tables(&r->run->ground, &r->connection, &tables, e);
        *names = tables.names;
        *count = tables.count;
        return good;
    }
    for (unsigned i = 0; i < suite->preserved_table_count; i++)
        add(names, count, suite->preserved_tables[i]);
    return true;
}

void preserved_release(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

bool preserved_snapshot(struct rehearsal *r, struct snapshot *s, struct error *e)
{
    const struct suite_migrator *m = r->run->ground.migrator.definition;
    if (!snapshot_take(&r->connection, s, e))
        return false;
    if (!preserved_are_named(r))
        snapshot_leave_out(s, m->tables, m->table_count);
    if (r->run->ground.is_project)
        snapshot_forget_order(s);
    return true;
}

bool preserved_versions(struct rehearsal *r, const struct row_versions *since,
                        struct row_versions *v, struct error *e)
{
    const struct suite_migrator *m = r->run->ground.migrator.definition;
    if (!row_versions_take(&r->connection, since, v, e))
        return false;
    if (!preserved_are_named(r))
        row_versions_leave_out(v, m->tables, m->table_count);
    return true;
}
