#include "rehearsal/deployed.h"

#include <stdlib.h>

static void release(struct rehearsal *r, void *state)
{
    struct deployed *d = state;
    (void)r;
    rehearsed_application_free(d->application);
    free(d->output);
}

static const struct slot_kind kind = {sizeof(struct deployed), release};

struct deployed *deployed_of(struct rehearsal *r)
{
    return slot_single(r, &kind);
}

bool deployed_can_be(struct rehearsal *r)
{
    if (!r->run->ground.suite->rehearsed_deployment)
        rehearsal_lacks_declaration(r, "suite %s has no rehearsed_deployment",
                                    r->run->ground.suite->name);
    return r->run->ground.suite->rehearsed_deployment != NULL;
}
