/* The database as it was, kept beside the scenario's own while that is migrated; for the rules. */
#pragma once
#include "rehearsal/kept_copy.h"
#include "rules/rule.h"

struct twin {
    struct kept_copy copy;
    struct kept_copy elsewhere; /* a clone of it on which the migrator ran once more */
    unsigned journeys;          /* how many there were */
    struct cost_record *cost;   /* of the upgrade; NULL: not watched */
    char *outside; /* of the database, before it was migrated; taken over by the ground */
    struct rule_ground ground;
};

/* Clones the scenario's database, which nobody else is connected to; false with the error set. */
bool twin_make(struct rehearsal *r, struct error *e);

/* The scenario's; NULL if it has none. */
struct twin *twin_of(const struct rehearsal *r);

/* The scenario as the context of rule_ground.travel. */
bool twin_travel(void *rehearsal, const struct rule_journey *journey, struct connection **there,
                 char **trouble, struct error *e);

/* The same of rule_ground.restore. */
bool twin_restore(void *rehearsal, bool after, char **trouble, char **obstacle, struct error *e);
