#include "ground/shared_state.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "postgres/server_version.h"

/* The catalogs that all databases share, and what of them is not some database's own. */
struct shared_catalog {
    const char *name, *filter;
    bool of_parameters; /* SERVER_PARAMETER_RIGHTS */
};

static const struct shared_catalog catalogs[] = {
    {"pg_authid", "true", false},
    {"pg_auth_members", "true", false},
    {"pg_db_role_setting", "setdatabase = 0", false},
    {"pg_parameter_acl", "true", true},
    {"pg_shdescription", "classoid <> 'pg_database'::regclass", false},
    {"pg_shseclabel", "classoid <> 'pg_database'::regclass", false},
    {"pg_shdepend", "dbid = 0 AND classid <> 'pg_database'::regclass", false},
};
enum { CATALOGS = sizeof catalogs / sizeof *catalogs };

/* What cannot be put in place row by row: name of the list, query of its names, how one is dropped.
 */
struct shared_object {
    const char *list, *names, *what, *drop, *how;
};

static const struct shared_object objects[] = {
    {"databases",
     "SELECT datname FROM pg_database WHERE datname !~ '^pgrehearse_[0-9a-f]{12}_' AND datname <> "
     "'pgrehearse_kept_baseline'",
     "database", "DROP DATABASE", "WITH (FORCE)"},
    {"tablespaces", "SELECT spcname FROM pg_tablespace", "tablespace", "DROP TABLESPACE", ""},
};
enum { OBJECTS = sizeof objects / sizeof *objects };

static bool has_catalog(const struct connection *c, const struct shared_catalog *catalog)
{
    return !catalog->of_parameters ||
           server_version_has(PQserverVersion(c->pg), SERVER_PARAMETER_RIGHTS);
}

static char *read_query(const struct connection *c)
{
    struct text all = {0};
    text_append(&all, "SELECT jsonb_build_object(");
    for (size_t i = 0; i < OBJECTS; i++)
        text_append_format(
            &all, "%s'%s', (SELECT coalesce(jsonb_agg(x ORDER BY x), '[]') FROM (%s) q (x))",
            i ? ", " : "", objects[i].list, objects[i].names);
    for (size_t i = 0; i < CATALOGS; i++)
        if (has_catalog(c, &catalogs[i]))
            text_append_format(&all,
                               ", '%s', (SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY "
                               "to_jsonb(t)), '[]') FROM %s t WHERE %s)",
                               catalogs[i].name, catalogs[i].name, catalogs[i].filter);
    text_append(&all, "), (SELECT count(*) > 2 FROM pg_authid WHERE oid = 10 OR oid >= 16384)");
    return text_detach(&all);
}

char *shared_state_read(struct connection *c, bool *has_roles, struct error *e)
{
    char *query = read_query(c);
    PGresult *result = connection_query(c, query, 0, NULL, e);
    char *shared = result ? memory_copy_of(PQgetvalue(result, 0, 0)) : NULL;
    if (result)
        *has_roles = strcmp(PQgetvalue(result, 0, 1), "t") == 0;
    PQclear(result);
    free(query);
    return shared;
}

static bool put_rows(struct connection *c, const struct shared_catalog *k, const char *view,
                     struct error *e)
{
    const char *const values[] = {view};
    char *drop = memory_format("DELETE FROM %s t WHERE %s AND NOT EXISTS (SELECT FROM "
                               "jsonb_array_elements($1::jsonb -> '%s') "
                               "x WHERE x = to_jsonb(t))",
                               k->name, k->filter, k->name);
    char *add = memory_format(
        "INSERT INTO %s SELECT r.* FROM jsonb_array_elements($1::jsonb -> '%s') x, "
        "jsonb_populate_record(NULL::%s, x) r WHERE NOT EXISTS (SELECT FROM %s t WHERE %s AND "
        "to_jsonb(t) = x)",
        k->name, k->name, k->name, k->name, k->filter);
    bool good =
        connection_run_with(c, drop, 1, values, e) && connection_run_with(c, add, 1, values, e);
    free(add);
    free(drop);
    return good;
}

static bool put_catalogs(struct connection *c, const char *view, struct error *e)
{
    bool good = connection_run(c, "BEGIN", e);
    for (size_t i = 0; good && i < CATALOGS; i++)
        if (has_catalog(c, &catalogs[i]))
            good = put_rows(c, &catalogs[i], view, e);
    struct error ignored = {0};
    return good ? connection_run(c, "COMMIT", e) : connection_run(c, "ROLLBACK", &ignored) && false;
}

/* Those that are there and should not be; what should and is not cannot be brought back. */
static bool put_objects(struct connection *c, const struct shared_object *o, const char *view,
                        struct error *e)
{
    const char *const values[] = {view};
    char *list = memory_format("SELECT coalesce(n.x, v.x), n.x IS NULL FROM (%s) n (x) FULL JOIN "
                               "jsonb_array_elements_text($1::jsonb -> '%s') v (x) ON v.x = n.x "
                               "WHERE n.x IS NULL OR v.x IS NULL",
                               o->names, o->list);
    PGresult *rows = connection_query(c, list, 1, values, e);
    for (int i = 0; rows && e->kind == ERROR_NONE && i < PQntuples(rows); i++) {
        const char *name = PQgetvalue(rows, i, 0);
        if (strcmp(PQgetvalue(rows, i, 1), "t") == 0) {
            error_set(e, ERROR_UNAVAILABLE,
                      "%s %s, which the migrator dropped, cannot be brought back", o->what, name);
            break;
        }
        char *identifier = connection_identifier(c, name);
        char *sql = memory_format("%s %s %s", o->drop, identifier, o->how);
        if (!connection_run(c, sql, e))
            error_prefix(e, "%s %s, which the migrator made, cannot be removed for the next trial",
                         o->what, name);
        free(sql);
        free(identifier);
    }
    PQclear(rows);
    free(list);
    return rows && e->kind == ERROR_NONE;
}

bool shared_state_put(struct connection *c, const char *state, struct error *e)
{
    bool good = true;
    /* first, since a database that goes has dependencies of its own */
    for (size_t i = 0; good && i < OBJECTS; i++)
        good = put_objects(c, &objects[i], state, e);
    return good && put_catalogs(c, state, e);
}
