/* The application that stands in for the real one, and what was deployed with it. */
#pragma once
#include "rehearsal/rehearsal.h"
#include "rehearsal/rehearsed_application.h"

struct deployed {
    struct rehearsed_application *application;
    char *output; /* the folder with the journal of its deployment; NULL: it is not deployed */
};

/* The scenario's; at first zeroed. */
struct deployed *deployed_of(struct rehearsal *r);

/* Whether the suite says how a deployment is rehearsed; if not, the rehearsal lacks it. */
bool deployed_can_be(struct rehearsal *r);
