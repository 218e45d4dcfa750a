#include "rehearsal/twin.h"

#include <stdlib.h>

#include "base/memory.h"
#include "rehearsal/attempt.h"

static void release(struct rehearsal *r, void *state)
{
    struct twin *t = state;
    rule_ground_release(&t->ground);
    kept_copy_drop(r, &t->elsewhere);
    kept_copy_drop(r, &t->copy);
    cost_record_free(t->cost);
}

static const struct slot_kind kind = {sizeof(struct twin), release};

bool twin_make(struct rehearsal *r, struct error *e)
{
    struct twin *t = slot_make(r, &kind, NULL);
    return kept_copy_make(r, "twin", &t->copy, e);
}

struct twin *twin_of(const struct rehearsal *r)
{
    return slot_get(r, &kind, NULL);
}

/* For every session from now on, our own among them. */
static bool set_zone(const struct rehearsal *r, struct kept_copy *copy, const char *zone,
                     struct error *e)
{
    char *identifier = connection_identifier(&copy->connection, copy->clone.database);
    char *set = memory_format("ALTER DATABASE %s SET TimeZone = '%s'", identifier, zone);
    bool good = connection_run(&copy->connection, set, e);
    free(set);
    free(identifier);
    connection_close(&copy->connection);
    return good && connection_open(&copy->connection, copy->clone.url, r->run->ground.cancel, e);
}

/* Runs the migrator there; what it failed with, to be freed, or NULL. */
static char *migrate_there(struct rehearsal *r, struct kept_copy *there,
                           enum migrator_action action, const char *revision, const char *zone,
                           struct error *e)
{
    struct attempt a;
    char *trouble = NULL;
    bool tried = attempt_make_on(r, there, action, revision, "elsewhere", &a, e);
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
    struct twin *t = twin_of(r);
    struct kept_copy *far = &t->elsewhere;
    bool good = kept_copy_make_of(r, &t->copy, "elsewhere", far, e) && set_zone(r, far, zone, e);
    *there = &far->connection;
    if (good)
        *trouble = migrate_there(r, far, MIGRATOR_UPGRADE, rehearsal_revision(r, TARGET), zone, e);
    if (good && e->kind == ERROR_NONE && !*trouble)
        *trouble =
            migrate_there(r, far, MIGRATOR_DOWNGRADE, rehearsal_revision(r, BASELINE), zone, e);
    return good && e->kind == ERROR_NONE;
}
