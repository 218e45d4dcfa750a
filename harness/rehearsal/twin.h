/* The database as it was, kept beside the scenario's own while that is migrated; for the rules. */
#pragma once
#include "rehearsal/rehearsal.h"
#include "rules/rule.h"

struct twin {
    char *name, *url;
    struct connection connection;
    struct connection elsewhere; /* a clone of it that was up and down in another time zone */
    struct cost_record *cost;    /* of the upgrade; NULL: not watched */
    struct rule_ground ground;
};

/* Clones the scenario's database, which nobody else is connected to; false with the error set. */
bool twin_make(struct rehearsal *r, struct error *e);

/* The scenario as the context of rule_ground.travel. */
bool twin_travel(void *rehearsal, const char *zone, struct connection **there, char **trouble,
                 struct error *e);

/* NULL is accepted. The database itself goes with the run. */
void twin_free(struct twin *twin);
