#include "rehearsal/tried_upgrade.h"

#include <stdlib.h>

#include "base/memory.h"
#include "ground/throwaway.h"

bool tried_upgrade_make(struct tried_upgrade *t, const struct leg *leg, const char *template,
                        const char *purpose, bool as_itself, struct error *e)
{
    const struct ground *g = &leg->run.ground;
    char *numbered = memory_format("%s-r%zu", purpose, leg->run.leg);
    const struct baseline_request request = {.template = template,
                                             .revision = leg->suite.target,
                                             .purpose = numbered,
                                             .time_limit = ground_patience(g),
                                             .as_itself = as_itself};
    *t = (struct tried_upgrade){0};
    baseline_extend(g, &request, &t->database, &t->failure, e);
    free(numbered);
    return e->kind == ERROR_NONE;
}

bool tried_upgrade_release(struct tried_upgrade *t, const struct leg *leg, struct error *e)
{
    if (t->database && e->kind == ERROR_NONE)
        throwaway_drop(&leg->run.ground.server->lease, t->database, e);
    free(t->database);
    baseline_failure_release(&t->failure);
    *t = (struct tried_upgrade){0};
    return e->kind == ERROR_NONE;
}
