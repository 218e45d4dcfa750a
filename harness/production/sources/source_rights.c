#include "production/sources/source_rights.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "postgres/url.h"
#include "production/sql.h"

/* In the copy, as the superuser that only we log in as. */
static bool open_ours(const struct source_making *m, struct connection *c, struct error *e)
{
    char *url = url_with_database(m->server->url, PQdb(m->copy.pg), e);
    bool good = url && connection_open(c, url, m->source->cancel, e);
    free(url);
    return good;
}

bool source_rights_are_lower(const struct source_making *m)
{
    if (!m->server->is_embedded || !m->source->facts.is_dump || m->source->request.trust_dump)
        return false;
    struct connection ours = {0};
    struct error ignored = {0};
    bool lower = open_ours(m, &ours, &ignored) && strcmp(PQuser(ours.pg), PQuser(m->copy.pg)) != 0;
    connection_close(&ours);
    return lower;
}

/* The script with %1$I and %1$L for the role that restores, and %2$I for the database. */
static bool run_script(const struct source_making *m, struct connection *c, const char *script,
                       struct error *e)
{
    const char *const values[] = {script, PQuser(m->copy.pg), PQdb(m->copy.pg)};
    char *sql = connection_value(c, "SELECT format($1, $2::text, $3::text)", 3, values, e);
    bool good = sql && connection_run(c, sql, e);
    free(sql);
    return good;
}

/* Roles of the dump without superusers: the one that restores acts for them. */
static bool grant_roles(const struct source_making *m, struct connection *c,
                        const struct dump_scan *scan, struct error *e)
{
    static const char query[] =
        "SELECT format('GRANT %I TO %I; GRANT pgrehearse_restoring TO %1$I', rolname, $2::text) "
        "FROM pg_roles WHERE rolname = ANY ($1::text[]) AND NOT rolsuper AND rolname <> $2 AND "
        "oid >= 16384";
    char *names = connection_array((const char *const *)scan->roles, scan->role_count);
    const char *const values[] = {names, PQuser(m->copy.pg)};
    PGresult *grants = connection_query(c, query, 2, values, e);
    bool good = grants != NULL;
    for (int i = 0; good && i < PQntuples(grants); i++)
        good = connection_run(c, PQgetvalue(grants, i, 0), e);
    PQclear(grants);
    free(names);
    return good;
}

static bool list_extensions(struct connection *c, const struct dump_scan *scan, struct error *e)
{
    static const char insert[] =
        "INSERT INTO pgrehearse_restoring.extensions SELECT count(*), $1, $2 FROM "
        "pgrehearse_restoring.extensions";
    bool good = true;
    for (size_t i = 0; good && i < scan->extension_count; i++) {
        const char *const values[] = {scan->extensions[i], scan->schemas[i]};
        good = connection_run_with(c, insert, 2, values, e);
    }
    return good;
}

bool source_rights_lower(struct source_making *m, const struct dump_scan *scan, struct error *e)
{
    struct connection ours = {0};
    bool good = open_ours(m, &ours, e) && run_script(m, &ours, sql_rights_lower, e) &&
                grant_roles(m, &ours, scan, e) && list_extensions(&ours, scan, e);
    connection_close(&ours);
    return good || error_prefix(e, "the dump's roles and extensions cannot be prepared");
}

bool source_rights_raise(struct source_making *m, struct error *e)
{
    struct connection ours = {0};
    bool good = open_ours(m, &ours, e) && run_script(m, &ours, sql_rights_raise, e);
    connection_close(&ours);
    return good;
}
