#include "rehearsal/target_revision.h"

#include <string.h>

const struct project_revision *target_revision(const struct rehearsal *r)
{
    const struct revision_list *list = r->run->ground.migrator.revisions;
    for (size_t i = 0; list && i < list->count; i++)
        if (strcmp(list->items[i].id, r->run->ground.suite->target) == 0)
            return &list->items[i];
    return NULL;
}
