/* Planting a suite's faults and repairing them: what the verbs of the troubleshooting share. */
#pragma once
#include "rehearsal/rehearsal.h"

/* What a scenario's faults leave to be known by its later verbs. */
struct fault_state {
    struct connection holder; /* to the database: holds what a fault locks; not open: nothing */
    char *not_refused;        /* an upgrade that should have been refused was not: no remedy
                                 applies */
    bool kept_is_gone;        /* the upgrade refused what has to be left in place, as migrations of
                                 others may */
};

/* The scenario's; at first zeroed. */
struct fault_state *fault_state(struct rehearsal *r);

/* The name that is meant: that of the scenario's own fault for THE_FAULT. */
const char *fault_name(const struct rehearsal *r, const char *name);

/*
 * The suite's fault of this name. If there is none (only while walking: the scenario is then left
 * out) the rehearsal lacks it, and a stand-in with that name is returned; never NULL.
 */
const struct suite_fault *fault_find(struct rehearsal *r, const char *name);

/* The fault's requirements, separated by blanks; to be freed. */
char *fault_requirements(const struct suite_fault *f);

/* Does what is listed, in order, to the rehearsal's database. */
bool fault_act(struct rehearsal *r, const struct suite_action *actions, unsigned count,
               struct error *e);

/* Whether the chosen migrator can stamp; if not, the rehearsal lacks it. */
bool fault_can_stamp(struct rehearsal *r);

/* The oid and the file of a relation, "" if there is none; to be freed, NULL on failure. */
char *fault_identity(struct rehearsal *r, const char *relation, struct error *e);
