#include "rehearsal/twin.h"

#include <stdlib.h>

#include "base/memory.h"
#include "rehearsal/attempt.h"
#include "rehearsal/restored_dump.h"
#include "rules/look.h"

static void release(struct rehearsal *r, void *state)
{
    struct twin *t = state;
    rule_ground_release(&t->ground);
    free(t->outside);
    kept_copy_drop(r, &t->elsewhere);
    kept_copy_drop(r, &t->copy);
    cost_record_free(t->cost);
}

static const struct slot_kind kind = {sizeof(struct twin), release};

bool twin_make(struct rehearsal *r, struct error *e)
{
    struct twin *t = slot_make(r, &kind, NULL);
    return kept_copy_make(r, "twin", &t->copy, e) &&
           (t->outside = look_outside(&r->connection, r->run->ground.server->is_embedded, e));
}

struct twin *twin_of(const struct rehearsal *r)
{
    return slot_get(r, &kind, NULL);
}

/* What it sets is for every session from now on, our own among them. */
static bool prepare(const struct rehearsal *r, struct kept_copy *copy, const char *sql,
                    struct error *e)
{
    if (!sql)
        return true;
    bool good = connection_run(&copy->connection, sql, e);
    connection_close(&copy->connection);
    return good && connection_open(&copy->connection, copy->clone.url, r->run->ground.cancel, e);
}

/* Runs the migrator there; what it failed with, to be freed, or NULL. */
static char *migrate_there(struct rehearsal *r, struct kept_copy *there,
                           enum migrator_action action, const char *revision, const char *place,
                           struct error *e)
{
    struct attempt a;
    char *trouble = NULL;
    bool tried = attempt_make_on(r, there, action, revision, "elsewhere", &a, e);
    if (tried && !a.well)
        trouble = memory_format("cannot be run %s: %s", place, attempt_complaint(&a));
    attempt_release(&a);
    return trouble;
}

bool twin_restore(void *rehearsal, bool after, char **trouble, char **obstacle, struct error *e)
{
    struct rehearsal *r = rehearsal;
    return restored_dump_try(r, after ? r->url : twin_of(r)->copy.clone.url, trouble, obstacle, e);
}

bool twin_travel(void *rehearsal, const struct rule_journey *journey, struct connection **there,
                 char **trouble, struct error *e)
{
    struct rehearsal *r = rehearsal;
    struct twin *t = twin_of(r);
    struct kept_copy *far = &t->elsewhere;
    const char *place = journey->place;
    kept_copy_drop(r, far);
    char *purpose = memory_format("elsewhere %u", ++t->journeys);
    bool good =
        kept_copy_make_of(r, &t->copy, purpose, far, e) && prepare(r, far, journey->prepare, e);
    free(purpose);
    *there = &far->connection;
    if (good)
        *trouble = migrate_there(r, far, MIGRATOR_UPGRADE, rehearsal_revision(r, TARGET), place, e);
    if (good && journey->visit && e->kind == ERROR_NONE && !*trouble)
        good = journey->visit(journey->visitor, &far->connection, e);
    if (good && journey->back && e->kind == ERROR_NONE && !*trouble)
        *trouble =
            migrate_there(r, far, MIGRATOR_DOWNGRADE, rehearsal_revision(r, BASELINE), place, e);
    /* what comes next looks at the database itself again */
    struct cluster *cluster = r->run->ground.cluster;
    if (cluster_is_taken_in_turns(cluster) && e->kind == ERROR_NONE)
        good = cluster_enter(cluster, r, r->database, e) && good;
    return good && e->kind == ERROR_NONE;
}
