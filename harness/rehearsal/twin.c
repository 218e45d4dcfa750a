#include "rehearsal/twin.h"

#include <stdlib.h>

#include "base/memory.h"
#include "ground/throwaway.h"
#include "postgres/url.h"
#include "rehearsal/attempt.h"

static bool clone_database(const struct rehearsal *r, const char *from, const char *name,
                           struct error *e)
{
    const struct ground *g = &r->run->ground;
    struct connection c = {0};
    bool good = connection_open(&c, g->server->url, g->cancel, e) &&
                throwaway_create(&c, name, from, g->folder->id, e);
    connection_close(&c);
    return good;
}

static char *name_of(const struct rehearsal *r, const char *purpose)
{
    char *words = memory_format("%s %s", r->slug, purpose);
    char *name = throwaway_name(r->run->ground.folder->id, words);
    free(words);
    return name;
}

bool twin_make(struct rehearsal *r, struct error *e)
{
    char *name = name_of(r, "twin");
    r->twin = memory_zeroed(1, sizeof *r->twin);
    r->twin->name = name;
    connection_close(&r->connection); /* a template must have no session */
    bool good = clone_database(r, r->database, name, e) &&
                connection_open(&r->connection, r->url, r->run->ground.cancel, e) &&
                (r->twin->url = url_with_database(r->run->ground.server->url, name, e)) &&
                connection_open(&r->twin->connection, r->twin->url, r->run->ground.cancel, e);
    return good;
}

/* A clone of the twin with that zone for everybody; the twin's session is closed meanwhile. */
static bool clone_in_zone(struct rehearsal *r, const char *name, const char *zone, struct error *e)
{
    struct twin *t = r->twin;
    connection_close(&t->connection);
    bool good = clone_database(r, t->name, name, e);
    if (!connection_open(&t->connection, t->url, r->run->ground.cancel, e) || !good)
        return false;
    char *identifier = connection_identifier(&t->connection, name);
    char *set = memory_format("ALTER DATABASE %s SET TimeZone = '%s'", identifier, zone);
    good = connection_run(&t->connection, set, e);
    free(set);
    free(identifier);
    return good;
}

/* Runs the migrator there; what it failed with, to be freed, or NULL. */
static char *migrate_there(struct rehearsal *r, enum migrator_action action, const char *revision,
                           const char *zone, struct error *e)
{
    struct attempt a;
    char *trouble = NULL;
    bool tried = attempt_make(r, action, revision, "elsewhere", &a, e);
    if (tried && !a.well)
        trouble = memory_format("cannot be run where the time zone is %s: %s", zone,
                                attempt_complaint(&a));
    attempt_release(&a);
    return trouble;
}

bool twin_travel(void *rehearsal, const char *zone, struct connection **there, char **trouble,
                 struct error *e)
{
    struct rehearsal *r = rehearsal;
    const struct ground *g = &r->run->ground;
    struct rehearsal far = *r; /* the same scenario on another database */
    far.database = name_of(r, "elsewhere");
    bool good = clone_in_zone(r, far.database, zone, e) &&
                (far.url = url_with_database(g->server->url, far.database, e)) != NULL;
    far.migrator_url = good ? url_with_database(r->migrator_url, far.database, e) : NULL;
    far.connection = (struct connection){0};
    good = far.migrator_url && connection_open(&far.connection, far.url, g->cancel, e);
    if (good)
        *trouble = migrate_there(&far, MIGRATOR_UPGRADE, rehearsal_revision(r, TARGET), zone, e);
    if (good && e->kind == ERROR_NONE && !*trouble)
        *trouble =
            migrate_there(&far, MIGRATOR_DOWNGRADE, rehearsal_revision(r, BASELINE), zone, e);
    r->commands = far.commands;
    r->twin->elsewhere = far.connection;
    *there = &r->twin->elsewhere;
    if (far.url != r->url)
        free(far.url);
    free(far.migrator_url);
    free(far.database);
    return good && e->kind == ERROR_NONE;
}

void twin_free(struct twin *twin)
{
    if (!twin)
        return;
    rule_ground_release(&twin->ground);
    connection_close(&twin->connection);
    connection_close(&twin->elsewhere);
    cost_record_free(twin->cost);
    free(twin->name);
    free(twin->url);
    free(twin);
}
