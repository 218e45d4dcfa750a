#include "ground/cluster.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ground/shared_state.h"
#include "ground/sql.h"
#include "postgres/connection.h"
#include "schema/outside.h"

enum mode {
    MODE_UNKNOWN, /* whether the revision changes what is shared */
    MODE_APART,   /* it does not */
    MODE_IN_TURNS /* it does */
};

struct view {
    char *database, *shared;
};

struct cluster {
    char *url;
    const struct cancel *cancel;
    bool ours;   /* else nothing is put in place there */
    char *roles; /* there when the run began, where it is not ours: an array of OIDs */
    char *mixed; /* what of it cannot be kept apart there, in words; NULL: nothing so far */
    char *made;  /* roles that the migrator made there, an array of names */
    pthread_mutex_t lock; /* over all of it */
    pthread_cond_t free;
    const void *owner; /* whose turn it is; NULL: nobody's */
    enum mode mode;
    struct connection connection;
    char *now;      /* what is shared, as JSON; NULL: not yet read */
    char *first;    /* as the server was before any migrator came */
    bool has_roles; /* beside the server's own and ours */
    bool has_aside; /* the table of dependencies that wait */
    struct view *views;
    size_t view_count;
    struct snapshot facts; /* what `described` holds, in lines */
    char *described;       /* NULL: not yet asked for */
};

struct cluster *cluster_new(const char *url, bool ours, const struct cancel *cancel)
{
    struct cluster *c = memory_zeroed(1, sizeof *c);
    c->url = memory_copy_of(url);
    c->cancel = cancel;
    c->ours = ours;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->free, NULL);
    return c;
}

static void forget(struct cluster *c)
{
    for (size_t i = 0; i < c->view_count; i++) {
        free(c->views[i].database);
        free(c->views[i].shared);
    }
    free(c->views);
    free(c->now);
    free(c->first);
    free(c->described);
    snapshot_release(&c->facts);
    c->described = NULL;
    c->views = NULL;
    c->view_count = 0;
    c->now = c->first = NULL;
    c->has_aside = false;
}

void cluster_disconnect(struct cluster *c)
{
    if (c)
        connection_close(&c->connection);
}

void cluster_restart(struct cluster *c)
{
    if (!c)
        return;
    connection_close(&c->connection);
    forget(c);
}

void cluster_free(struct cluster *c)
{
    if (!c)
        return;
    connection_close(&c->connection);
    forget(c);
    free(c->url);
    free(c->roles);
    free(c->mixed);
    free(c->made);
    pthread_cond_destroy(&c->free);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

static struct view *find_view(const struct cluster *c, const char *database)
{
    for (size_t i = 0; database && i < c->view_count; i++)
        if (strcmp(c->views[i].database, database) == 0)
            return &c->views[i];
    return NULL;
}

/* A database that nobody made here is at home in what there is. */
static const char *view_of(const struct cluster *c, const char *database)
{
    const struct view *v = find_view(c, database);
    return v ? v->shared : c->now;
}

static void set_view(struct cluster *c, const char *database, const char *shared)
{
    struct view *v = find_view(c, database);
    char *copy = memory_copy_of(shared);
    if (!v) {
        v = memory_append(&c->views, &c->view_count, sizeof *c->views);
        v->database = memory_copy_of(database);
    } else {
        free(v->shared);
    }
    v->shared = copy;
}

static bool connect(struct cluster *c, struct error *e)
{
    return c->connection.pg ||
           (connection_open(&c->connection, c->url, c->cancel, e) &&
            (!c->ours || connection_run(&c->connection, "SET allow_system_table_mods = on", e)));
}

static char *read_shared(struct cluster *c, struct error *e)
{
    return connect(c, e) ? shared_state_read(&c->connection, &c->has_roles, e) : NULL;
}

/* The first time that anybody comes. */
static bool know(struct cluster *c, struct error *e)
{
    if (c->now)
        return true;
    c->now = read_shared(c, e);
    c->first = memory_copy_of(c->now);
    return c->now != NULL;
}

static bool put_in_place(struct cluster *c, const char *view, struct error *e)
{
    if (!connect(c, e) || !shared_state_put(&c->connection, view, e))
        return error_prefix(e, "what the server's databases share cannot be put back");
    free(c->now);
    c->now = read_shared(c, e);
    return c->now != NULL;
}

/* What waits aside stays out of sight of everybody, in a database that only we work in. */
static bool set_others_aside(struct cluster *c, const char *database, struct error *e)
{
    const char *const values[] = {database};
    if (!c->has_roles && !c->has_aside)
        return true;
    if (!connect(c, e) ||
        (!c->has_aside && !connection_run(&c->connection, sql_cluster_set_aside, e)))
        return false;
    c->has_aside = true;
    return connection_run_with(&c->connection, sql_cluster_hide, 1, values, e) &&
           connection_run_with(&c->connection, sql_cluster_unhide, 1, values, e);
}

static bool know_roles(struct cluster *c, struct error *e)
{
    if (!c->roles && connect(c, e))
        c->roles = connection_value(&c->connection,
                                    "SELECT coalesce(array_agg(oid), '{}')::text FROM pg_roles", 0,
                                    NULL, e);
    return c->roles != NULL;
}

static void forget_roles(struct cluster *c)
{
    free(c->roles);
    c->roles = NULL;
}

static bool tell_mixed(const struct cluster *c, struct error *e)
{
    return error_set(e, ERROR_UNAVAILABLE,
                     "the migration makes %s, which all databases of the server share: on a server "
                     "given by URL its trials cannot be kept apart; leave out --server",
                     c->mixed);
}

/*
 * On a server that is not ours, others may change what is shared, too. A new role is the
 * migrator's if it has to do with the database that the migrator has just worked on.
 */
static bool look_around(struct cluster *c, const char *database, bool *changed, struct error *e)
{
    const char *const values[] = {database, c->roles};
    PGresult *row =
        connect(c, e) ? connection_query(&c->connection, sql_cluster_made, 2, values, e) : NULL;
    if (!row)
        return false;
    *changed = strcmp(PQgetvalue(row, 0, 0), "0") != 0;
    if (!PQgetisnull(row, 0, 1) && !c->mixed) {
        c->mixed = memory_copy_of(PQgetvalue(row, 0, 1));
        c->made = memory_copy_of(PQgetvalue(row, 0, 2));
        *changed = true;
    }
    PQclear(row);
    return !c->mixed || tell_mixed(c, e);
}

bool cluster_has_stranger(struct cluster *c, const char *words, struct error *e)
{
    static const char named[] =
        "SELECT string_agg(quote_ident(rolname), ', ') FROM pg_roles WHERE oid <> ALL ($1::oid[]) "
        "AND strpos($2, '\"' || rolname || '\"') > 0";
    if (!c || c->ours)
        return false;
    pthread_mutex_lock(&c->lock);
    const char *const values[] = {c->roles, words};
    struct error ignored = {0};
    char *names = c->roles && connect(c, &ignored)
                      ? connection_value(&c->connection, named, 2, values, &ignored)
                      : NULL;
    pthread_mutex_unlock(&c->lock);
    bool found = names && *names;
    if (found)
        error_set(
            e, ERROR_UNAVAILABLE,
            "role %s has been made on the server since the run began: on a server given by URL "
            "trials that make roles cannot be kept apart; leave out --server, and drop the "
            "role if it is of no use",
            names);
    free(names);
    return found;
}

bool cluster_remove_made(struct cluster *c, struct error *e)
{
    if (!c || !c->made)
        return true;
    const char *const values[] = {c->made};
    PGresult *drops = connect(c, e) ? connection_query(&c->connection,
                                                       "SELECT format('DROP ROLE %I', x) FROM "
                                                       "unnest($1::text[]) x",
                                                       1, values, e)
                                    : NULL;
    for (int i = 0; drops && i < PQntuples(drops); i++) {
        struct error refused = {0}; /* somebody has found a use for it */
        if (!connection_run(&c->connection, PQgetvalue(drops, i, 0), &refused))
            error_set_sqlstate(e, ERROR_UNAVAILABLE, refused.sqlstate,
                               "a role that the migrator made stays: %s: %s",
                               PQgetvalue(drops, i, 0), refused.message);
    }
    PQclear(drops);
    return e->kind == ERROR_NONE;
}

static const void *user(const struct cluster *c, const void *who)
{
    return who ? who : c;
}

static void let_go(struct cluster *c)
{
    c->owner = NULL;
    pthread_cond_broadcast(&c->free);
}

static bool prepare(struct cluster *c, const char *database, struct error *e)
{
    if (!know(c, e))
        return false;
    const char *view = view_of(c, database);
    return (strcmp(view, c->now) == 0 || put_in_place(c, view, e)) &&
           set_others_aside(c, database, e);
}

/* What the migrator has done to what is shared becomes the database's view. */
static bool take_view(struct cluster *c, const char *database, bool *changed, struct error *e)
{
    char *now = know(c, e) ? read_shared(c, e) : NULL;
    if (!now)
        return false;
    *changed = strcmp(now, c->now) != 0;
    if (*changed || c->mode != MODE_APART)
        set_view(c, database, now);
    free(c->now);
    c->now = now;
    return true;
}

bool cluster_enter(struct cluster *c, const void *who, const char *database, struct error *e)
{
    if (!c)
        return true;
    pthread_mutex_lock(&c->lock);
    while (c->mode != MODE_APART && c->owner && c->owner != user(c, who))
        pthread_cond_wait(&c->free, &c->lock);
    bool good = !c->mixed || tell_mixed(c, e);
    if (good && c->mode != MODE_APART) {
        c->owner = user(c, who);
        good = c->ours ? prepare(c, database, e) : know_roles(c, e);
        if (!good && c->mode == MODE_UNKNOWN)
            let_go(c);
    }
    pthread_mutex_unlock(&c->lock);
    return good;
}

bool cluster_leave(struct cluster *c, const void *who, const char *database, bool done,
                   struct error *e)
{
    if (!c)
        return true;
    pthread_mutex_lock(&c->lock);
    bool changed = false;
    if (!c->ours && done && !who) /* what comes from a baseline is there for the whole run */
        forget_roles(c);
    bool good = c->ours ? take_view(c, database, &changed, e)
                        : know_roles(c, e) && look_around(c, database, &changed, e);
    if (changed && who) {
        c->mode = MODE_IN_TURNS;
        if (!c->owner)
            c->owner = who;
    } else if (who && done && good && c->mode == MODE_UNKNOWN) {
        c->mode = MODE_APART;
    }
    if (c->owner == user(c, who) && (c->mode != MODE_IN_TURNS || !who))
        let_go(c);
    pthread_mutex_unlock(&c->lock);
    return good;
}

void cluster_pass(struct cluster *c, const void *who)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    if (c->owner == user(c, who) && (c->mode != MODE_IN_TURNS || !who))
        let_go(c);
    pthread_mutex_unlock(&c->lock);
}

void cluster_yield(struct cluster *c, const void *who)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    if (c->owner == who)
        let_go(c);
    pthread_mutex_unlock(&c->lock);
}

static bool describe(struct cluster *c, const char *view, struct error *e)
{
    if (c->described && strcmp(c->described, view) == 0)
        return true;
    free(c->described);
    c->described = NULL;
    snapshot_release(&c->facts);
    if (!connect(c, e) || !outside_add(&c->connection, OUTSIDE_SHARED, &c->facts, e))
        return false;
    c->described = memory_copy_of(view);
    return true;
}

bool cluster_describe(struct cluster *c, const char *database, struct snapshot *s, struct error *e)
{
    if (!c || !c->ours)
        return true;
    pthread_mutex_lock(&c->lock);
    bool good = know(c, e) && describe(c, view_of(c, database), e);
    if (good)
        snapshot_append(s, &c->facts);
    pthread_mutex_unlock(&c->lock);
    return good;
}

bool cluster_is_taken_in_turns(struct cluster *c)
{
    if (!c)
        return false;
    pthread_mutex_lock(&c->lock);
    bool turns = c->mode == MODE_IN_TURNS;
    pthread_mutex_unlock(&c->lock);
    return turns;
}

bool cluster_is_apart(struct cluster *c)
{
    if (!c)
        return true;
    pthread_mutex_lock(&c->lock);
    bool apart = c->mode == MODE_APART;
    pthread_mutex_unlock(&c->lock);
    return apart;
}

void cluster_begin(struct cluster *c, const char *template, const char *other)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    bool same = !c->now || (strcmp(view_of(c, template), c->now) == 0 &&
                            (!other || strcmp(view_of(c, other), c->now) == 0));
    c->mode = same ? MODE_UNKNOWN : MODE_IN_TURNS;
    pthread_mutex_unlock(&c->lock);
}

bool cluster_copied(struct cluster *c, const char *template, const char *database, struct error *e)
{
    if (!c || !c->ours)
        return true;
    const char *const values[] = {template, database};
    pthread_mutex_lock(&c->lock);
    bool good = know(c, e);
    if (good)
        set_view(c, database, template ? view_of(c, template) : c->first);
    if (good && template && c->has_aside)
        good = connect(c, e) &&
               connection_run_with(&c->connection, sql_cluster_copy_aside, 2, values, e);
    pthread_mutex_unlock(&c->lock);
    return good;
}
