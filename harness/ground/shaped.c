#include "ground/shaped.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "ground/lease.h"
#include "ground/migrator_role.h"
#include "ground/sql.h"
#include "postgres/url.h"
#include "shape/shape_circumstances.h"

static const size_t most_shown = 5; /* names in one line */
static const char role_exists[] = "42710";

struct names {
    char **items;
    size_t count;
};

struct shaped {
    char *circumstances; /* as JSON */
    char *acting;        /* NULL: the migrator's own role */
    bool is_superuser;   /* the one that migrates in production */
    size_t setting_count;
    struct names migrated; /* roles that the migrations make */
    struct names lacking;  /* what cannot be had here */
};

static bool names_have(const struct names *n, const char *name)
{
    for (size_t i = 0; i < n->count; i++)
        if (strcmp(n->items[i], name) == 0)
            return true;
    return false;
}

static void names_add(struct names *n, const char *name)
{
    if (!names_have(n, name))
        *(char **)memory_append(&n->items, &n->count, sizeof *n->items) = memory_copy_of(name);
}

static void names_release(struct names *n)
{
    for (size_t i = 0; i < n->count; i++)
        free(n->items[i]);
    free(n->items);
}

/* Runs the statements in the first column; the second names what is lacking if one is refused. */
static bool run_all(struct connection *c, const PGresult *statements, struct shaped *s,
                    size_t *count, struct error *e)
{
    for (int i = 0; i < PQntuples(statements); i++) {
        struct error refused = {0};
        if (!PQgetisnull(statements, i, 0) &&
            connection_run(c, PQgetvalue(statements, i, 0), &refused)) {
            *count += 1;
            continue;
        }
        if (refused.kind != ERROR_NONE && error_is_of_server(&refused))
            return error_take(e, &refused);
        if (c->pg && PQtransactionStatus(c->pg) != PQTRANS_IDLE &&
            !connection_run(c, "ROLLBACK", e))
            return false;
        names_add(&s->lacking, PQgetvalue(statements, i, 1));
    }
    return true;
}

/* As JSON, to be freed. */
static char *names_json(const struct names *n)
{
    struct text t = {0};
    text_append(&t, "[");
    for (size_t i = 0; i < n->count; i++) {
        text_append(&t, i ? ", " : "");
        text_append_json(&t, n->items[i]);
    }
    text_append(&t, "]");
    return text_detach(&t);
}

static bool run_query(struct connection *c, const char *sql, size_t count,
                      const char *const *values, struct shaped *s, size_t *done, struct error *e)
{
    PGresult *statements = connection_query(c, sql, count, values, e);
    bool good = statements && run_all(c, statements, s, done, e);
    PQclear(statements);
    return good;
}

static bool restart(struct ground *g, struct error *e)
{
    struct server *server = g->server;
    connection_close(&server->lease);
    return embedded_restart(&server->embedded, g->folder, g->cancel, e) &&
           connection_open(&server->lease, server->url, g->cancel, e) &&
           lease_take(&server->lease, g->folder->id, e);
}

static bool set_server(struct ground *g, struct error *e)
{
    struct shaped *s = g->shaped;
    struct names ours = {0};
    for (const struct embedded_setting *i = embedded_settings; i->name; i++)
        names_add(&ours, i->name);
    char *names = names_json(&ours);
    const char *const values[] = {s->circumstances, names};
    size_t done = 0;
    bool good = run_query(&g->server->lease, sql_shaped_server, 2, values, s, &done, e) &&
                (!done || restart(g, e));
    s->setting_count = done;
    free(names);
    names_release(&ours);
    return good;
}

/* Our own sessions stay as they are, whatever the server or a database has set. */
static bool shield_ourselves(const struct ground *g, struct error *e)
{
    struct shaped none = {0};
    size_t done = 0;
    bool good = run_query(&g->server->lease, sql_shaped_shield, 0, NULL, &none, &done, e);
    names_release(&none.lacking);
    return good;
}

static void choose_role(struct ground *g, struct shaped *s)
{
    const struct shape_role *role = shape_migrating_role(g->shape);
    if (!role || g->server->role == SUITE_ROLE_SUPERUSER)
        return;
    s->is_superuser =
        g->server->role == SUITE_ROLE_USUAL && role->rights && strstr(role->rights, "SUPERUSER");
    if (strcmp(role->name, EMBEDDED_ROLE) != 0 && strcmp(role->name, EMBEDDED_SUPERUSER) != 0)
        s->acting = memory_copy_of(role->name);
}

bool shaped_open(struct ground *g, struct error *e)
{
    if (!g->shape || !g->server->is_embedded || g->closed)
        return true;
    struct shaped *s = g->shaped = memory_zeroed(1, sizeof *s);
    s->circumstances = shape_circumstances(g->shape);
    choose_role(g, s);
    if (s->is_superuser)
        g->server->role = SUITE_ROLE_SUPERUSER;
    return set_server(g, e) &&
           (!s->is_superuser || migrator_role_make(&g->server->lease, true, NULL, e));
}

void shaped_free(struct shaped *s)
{
    if (!s)
        return;
    names_release(&s->migrated);
    names_release(&s->lacking);
    free(s->circumstances);
    free(s->acting);
    free(s);
}

/* A migration may have yet to make that role. */
static bool set_acting(const struct ground *g, bool acts)
{
    free(g->server->acting_role);
    g->server->acting_role = acts ? memory_copy_of(g->shaped->acting) : NULL;
    return acts;
}

static bool make_roles(const struct ground *g, bool settled, struct error *e)
{
    struct shaped *s = g->shaped;
    char *migrated = names_json(&s->migrated);
    const char *const values[] = {s->circumstances, migrated, settled ? "t" : "f"};
    size_t done = 0;
    bool good = run_query(&g->server->lease, sql_shaped_roles, 3, values, s, &done, e);
    free(migrated);
    return good;
}

/* From the next session on, the migrator acts as that role. */
static bool let_act(const struct ground *g, const char *database, struct error *e)
{
    const struct shaped *s = g->shaped;
    if (!s->acting)
        return true;
    struct connection *c = &g->server->lease;
    char *role = connection_identifier(c, s->acting), *name = connection_identifier(c, database);
    char *sql = memory_format("ALTER ROLE %s %sSUPERUSER; GRANT %s TO " EMBEDDED_ROLE
                              "; ALTER ROLE " EMBEDDED_ROLE " IN DATABASE %s SET role = %s",
                              role, s->is_superuser ? "" : "NO", role, name, role);
    bool good = connection_run(c, sql, e);
    free(sql);
    free(name);
    free(role);
    return good;
}

/* Production's owner, if it is a role here; else who migrates. */
static bool hand_over(const struct ground *g, const char *database, struct error *e)
{
    static const char find[] =
        "SELECT format('ALTER DATABASE %I OWNER TO %I', $1::text, coalesce((SELECT rolname FROM "
        "pg_roles WHERE rolname = $2), $3))";
    const struct shaped *s = g->shaped;
    if (!s->acting)
        return true;
    const char *const values[] = {database, g->shape->owner, s->acting};
    char *sql = connection_value(&g->server->lease, find, 3, values, e);
    bool good = sql && connection_run(&g->server->lease, sql, e);
    free(sql);
    return good;
}

bool shaped_begin(const struct ground *g, const char *database, struct error *e)
{
    const struct shaped *s = g->shaped;
    if (!s)
        return true;
    bool acts = set_acting(g, s->acting && !names_have(&s->migrated, s->acting));
    return shield_ourselves(g, e) && make_roles(g, false, e) &&
           (!acts || (let_act(g, database, e) && hand_over(g, database, e)));
}

bool shaped_yields(const struct ground *g, const struct baseline_failure *failure)
{
    if (!g->shaped || !failure->message || strcmp(failure->sqlstate, role_exists) != 0)
        return false;
    for (uint32_t i = 0; i < g->shape->role_count; i++) {
        const char *name = g->shape->roles[i].name;
        char *quoted = memory_format("\"%s\"", name);
        bool meant = strstr(failure->message, quoted) && !names_have(&g->shaped->migrated, name);
        free(quoted);
        if (meant) {
            names_add(&g->shaped->migrated, name);
            return true;
        }
    }
    return false;
}

static bool give_rights(const struct ground *g, const char *database, struct error *e)
{
    struct shaped *s = g->shaped;
    const char *const values[] = {s->circumstances, database, s->acting, EMBEDDED_ROLE};
    struct connection c = {0};
    size_t done = 0;
    char *url = url_with_database(g->server->url, database, e);
    bool good = url && connection_open(&c, url, g->cancel, e) &&
                run_query(&c, sql_shaped_rights, 4, values, s, &done, e);
    connection_close(&c);
    free(url);
    return good;
}

bool shaped_settle(const struct ground *g, const char *database, struct error *e)
{
    if (!g->shaped)
        return true;
    if (!cluster_enter(g->cluster, NULL, database, e))
        return false;
    set_acting(g, g->shaped->acting != NULL);
    bool good = make_roles(g, true, e) && let_act(g, database, e) && give_rights(g, database, e) &&
                hand_over(g, database, e);
    struct error ignored = {0};
    return cluster_leave(g->cluster, NULL, database, true, good ? e : &ignored) && good;
}

const char *shaped_key(const struct ground *g)
{
    return g->shaped ? g->shaped->circumstances : NULL;
}

char *shaped_summary(const struct ground *g)
{
    const struct shaped *s = g->shaped;
    struct text t = {0};
    text_append_format(&t, "settings, roles and rights are production's; the migrator acts as %s",
                       s->acting ? s->acting : EMBEDDED_ROLE);
    if (s->lacking.count)
        text_append(&t, "; not as in production: ");
    for (size_t i = 0; i < s->lacking.count && i < most_shown; i++)
        text_append_format(&t, "%s%s", i ? ", " : "", s->lacking.items[i]);
    if (s->lacking.count > most_shown)
        text_append_format(&t, " and %zu more", s->lacking.count - most_shown);
    return text_detach(&t);
}
