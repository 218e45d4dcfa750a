#include "ground/migrator_role.h"

#include <stdlib.h>

#include "base/memory.h"
#include "ground/sql.h"

static const char make[] = "DO $$ BEGIN "
                           "IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '" EMBEDDED_ROLE
                           "') THEN CREATE ROLE " EMBEDDED_ROLE "; END IF; END $$";

static bool set_superuser(struct connection *c, bool superuser, struct error *e)
{
    char *alter =
        memory_format("ALTER ROLE " EMBEDDED_ROLE " LOGIN CREATEDB CREATEROLE %sSUPERUSER",
                      superuser ? "" : "NO");
    bool good = connection_run(c, alter, e);
    free(alter);
    return good;
}

static bool set_password(struct connection *c, const char *password, struct error *e)
{
    if (!password)
        return true;
    char *alter = memory_format("ALTER ROLE " EMBEDDED_ROLE " PASSWORD '%s'", password);
    bool good = connection_run(c, alter, e);
    free(alter);
    return good;
}

bool migrator_role_make(struct connection *c, bool superuser, const char *password, struct error *e)
{
    return connection_run(c, make, e) && set_superuser(c, superuser, e) &&
           set_password(c, password, e) &&
           connection_run(c, "ALTER DATABASE postgres OWNER TO " EMBEDDED_ROLE, e);
}

bool migrator_role_is_owner(const struct ground *g)
{
    return g->server->is_embedded && g->server->role != SUITE_ROLE_SUPERUSER;
}

/* The role that it logs in with, and the one that it acts as. */
static bool set_both(const struct ground *g, bool superuser, struct error *e)
{
    const char *acting = g->server->acting_role;
    struct connection *c = &g->server->lease;
    if (!set_superuser(c, superuser, e) || !acting)
        return e->kind == ERROR_NONE;
    char *name = connection_identifier(c, acting);
    char *alter = memory_format("ALTER ROLE %s %sSUPERUSER", name, superuser ? "" : "NO");
    bool good = connection_run(c, alter, e);
    free(alter);
    free(name);
    return good;
}

bool migrator_role_promote(const struct ground *g, struct error *e)
{
    return !migrator_role_is_owner(g) || set_both(g, true, e);
}

static bool settle(const struct ground *g, const char *url, struct error *e)
{
    const char *const values[] = {EMBEDDED_ROLE, EMBEDDED_SUPERUSER, g->server->acting_role};
    struct connection c = {0};
    PGresult *statements = NULL;
    bool good = connection_open(&c, url, g->cancel, e) &&
                (statements = connection_query(&c, sql_migrator_role_settle, 3, values, e));
    for (int i = 0; good && i < PQntuples(statements); i++)
        good = connection_run(&c, PQgetvalue(statements, i, 0), e);
    PQclear(statements);
    connection_close(&c);
    return good;
}

bool migrator_role_demote(const struct ground *g, const char *url, struct error *e)
{
    if (!migrator_role_is_owner(g))
        return true;
    struct error ignored = {0};
    bool good = set_both(g, false, e->kind == ERROR_NONE ? e : &ignored);
    return good && (!url || e->kind != ERROR_NONE || settle(g, url, e));
}
