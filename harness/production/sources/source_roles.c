/*
 * Roles. On the embedded server those that the source names are made, without login; on a given
 * one nothing is made that outlives the copy, so what lacks is left behind and reported.
 */
#include "production/sources/source_roles.h"

#include "base/memory.h"
#include "production/sql.h"

enum { ROLE_NAME, ROLE_OPTIONS, ROLE_MEMBER_OF };

static bool has_role(const struct dump_scan *scan, const char *name)
{
    for (size_t i = 0; i < scan->role_count; i++)
        if (strcmp(scan->roles[i], name) == 0)
            return true;
    return false;
}

/* 1 if it is there, 0 if not, -1 on failure. */
static int role_is_there(struct connection *c, const char *name, struct error *e)
{
    char *count =
        connection_value(c, "SELECT count(*) FROM pg_roles WHERE rolname = $1", 1, &name, e);
    int there = count ? strcmp(count, "0") != 0 : -1;
    free(count);
    return there;
}

bool role_make(struct connection *c, const char *name, const char *options, struct error *e)
{
    int there = role_is_there(c, name, e);
    if (there != 0)
        return there > 0;
    char *identifier = connection_identifier(c, name);
    char *create = memory_format("CREATE ROLE %s NOLOGIN %s", identifier, options);
    bool good = connection_run(c, create, e);
    free(create);
    free(identifier);
    return good || error_prefix(e, "the role %s", name);
}

static bool join_role(struct source_making *m, const char *name, const char *groups,
                      struct error *e)
{
    if (!*groups)
        return true;
    char *identifier = connection_identifier(&m->copy, name);
    char *grant = memory_format("GRANT %s TO %s", groups, identifier);
    bool good = connection_run(&m->copy, grant, e);
    free(grant);
    free(identifier);
    return good || error_prefix(e, "the role %s of the source", name);
}

/* With what they are members of, which only the source itself can tell. */
static bool make_from_source(struct source_making *m, const struct dump_scan *scan, struct error *e)
{
    char *names = connection_array((const char *const *)scan->roles, scan->role_count);
    const char *const values[] = {names};
    PGresult *roles = connection_query(&m->source->connection, sql_source_roles, 1, values, e);
    free(names);
    bool good = roles || error_prefix(e, "the source %s", m->source->facts.display);
    for (int i = 0; good && i < PQntuples(roles); i++)
        good = role_make(&m->copy, PQgetvalue(roles, i, ROLE_NAME),
                         PQgetvalue(roles, i, ROLE_OPTIONS), e);
    for (int i = 0; good && i < PQntuples(roles); i++)
        good =
            strcmp(PQgetvalue(roles, i, ROLE_NAME), PQuser(m->copy.pg)) == 0 ||
            join_role(m, PQgetvalue(roles, i, ROLE_NAME), PQgetvalue(roles, i, ROLE_MEMBER_OF), e);
    PQclear(roles);
    return good;
}

static bool make_from_dump(struct source_making *m, const struct dump_scan *scan, struct error *e)
{
    for (size_t i = 0; i < scan->role_count; i++)
        if (!role_make(&m->copy, scan->roles[i], "", e))
            return false;
    return true;
}

static bool count_missing(struct source_making *m, const struct dump_scan *scan, struct error *e)
{
    struct text missing = {0};
    bool good = true;
    for (size_t i = 0; good && i < scan->role_count; i++) {
        int there = role_is_there(&m->copy, scan->roles[i], e);
        good = there >= 0;
        if (there == 0)
            text_append_format(&missing, "%s%s", missing.length ? ", " : "", scan->roles[i]);
    }
    if (good && missing.length && m->source->format == DUMP_PLAIN)
        good = error_set(e, ERROR_UNAVAILABLE,
                         "the dump %s names roles that %s lacks (%s): give a dump in pg_dump's "
                         "custom format, or leave out --server",
                         m->source->request.dump, m->server->display, text_string(&missing));
    m->no_owner = true;
    m->no_privileges = missing.length > 0;
    if (good && missing.length)
        source_note(m, "owners and grants stay behind: %s lacks the roles %s", m->server->display,
                    text_string(&missing));
    else if (good)
        source_note(m, "owners stay behind: everything in the copy belongs to %s",
                    PQuser(m->copy.pg));
    text_release(&missing);
    return good;
}

bool source_roles_make(struct source_making *m, const struct dump_scan *scan, struct error *e)
{
    struct source *s = m->source;
    if (!m->server->is_embedded) {
        free(s->facts.acting_role); /* there is only one owner there */
        s->facts.acting_role = NULL;
        return count_missing(m, scan, e);
    }
    const char *ours = PQuser(m->copy.pg);
    m->owners_blurred = s->owner && strcmp(s->owner, ours) != 0 && has_role(scan, ours);
    if (m->owners_blurred)
        source_note(m,
                    "owners and grants are not compared: %s has a role %s beside the "
                    "database's owner, and in the copy the owner has that name",
                    s->facts.display, ours);
    return s->facts.is_dump ? make_from_dump(m, scan, e) : make_from_source(m, scan, e);
}

/*
 * Of a dump the database's owner is not known, only who owns the tables: the copy belongs to that
 * role, so that it may create things in `public`, which belongs to a database's owner since
 * PostgreSQL 15.
 */
static bool own_copy(struct source_making *m, const char *role, struct error *e)
{
    char *identifier = connection_identifier(&m->copy, role);
    char *database = connection_identifier(&m->copy, PQdb(m->copy.pg));
    char *alter = memory_format("ALTER DATABASE %s OWNER TO %s", database, identifier);
    bool good = connection_run(&m->copy, alter, e);
    free(alter);
    free(database);
    free(identifier);
    return good;
}

static bool find_acting_role(struct source_making *m, struct error *e)
{
    struct source_facts *f = &m->source->facts;
    char *owner = connection_value(
        &m->copy,
        "SELECT coalesce((SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relkind IN ('r', "
        "'p') AND oid >= 16384 GROUP BY relowner ORDER BY count(*) DESC, 1 LIMIT 1), '')",
        0, NULL, e);
    bool good = owner != NULL;
    if (owner && *owner && strcmp(owner, PQuser(m->copy.pg)) != 0) {
        f->acting_role = memory_copy_of(owner);
        good = own_copy(m, owner, e);
    }
    free(owner);
    return good;
}

/* Its shared objects too: only where the server is ours. */
static bool reassign(struct source_making *m, struct error *e)
{
    char *statement = memory_format("REASSIGN OWNED BY %s TO CURRENT_USER", m->renamed);
    bool good = connection_run(&m->copy, statement, e);
    free(statement);
    return good;
}

static bool rename_in_policies(struct source_making *m, struct error *e)
{
    const char *const values[] = {m->source->owner};
    PGresult *policies = connection_query(&m->copy, sql_source_policies, 1, values, e);
    bool good = policies != NULL;
    for (int i = 0; good && i < PQntuples(policies); i++)
        good = connection_run(&m->copy, PQgetvalue(policies, i, 0), e);
    PQclear(policies);
    return good;
}

bool source_roles_settle(struct source_making *m, struct error *e)
{
    const struct source *s = m->source;
    if (s->facts.is_dump)
        return !m->server->is_embedded || find_acting_role(m, e);
    if (strcmp(s->owner, PQuser(m->copy.pg)) == 0)
        return true;
    const char *const values[] = {s->owner};
    m->renamed = connection_value(&m->copy, "SELECT quote_ident($1)", 1, values, e);
    if (!m->renamed)
        return false;
    int there = role_is_there(&m->copy, s->owner, e);
    if (there <= 0)
        return there == 0;
    return (!m->server->is_embedded || reassign(m, e)) && rename_in_policies(m, e);
}
