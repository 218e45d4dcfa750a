#include "rehearsal/preserved.h"

#include "schema/left_out.h"

bool preserved_are_named(const struct rehearsal *r)
{
    return r->run->ground.suite->preserved_table_count > 0;
}

enum outside_scope preserved_outside(const struct rehearsal *r)
{
    return r->run->ground.server->is_embedded ? OUTSIDE_OF_CLUSTER : OUTSIDE_OF_DATABASE;
}

/* Roles have their names only while it is the database's turn. */
static bool take(struct rehearsal *r, struct snapshot *s, struct error *e)
{
    struct cluster *cluster = r->run->ground.cluster;
    if (!cluster_enter(cluster, r, r->database, e))
        return false;
    bool good = snapshot_take(&r->connection, s, e) &&
                outside_add(&r->connection, OUTSIDE_OF_DATABASE, s, e) &&
                cluster_describe(cluster, r->database, s, e);
    cluster_pass(cluster, r);
    return good;
}

bool preserved_snapshot(struct rehearsal *r, struct snapshot *s, struct error *e)
{
    const struct suite_migrator *m = r->run->ground.migrator.definition;
    if (!take(r, s, e))
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
