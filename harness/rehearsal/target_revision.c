#include "rehearsal/target_revision.h"

#include <string.h>

#include "migrator/migrator_place.h"

const struct project_revision *target_revision(const struct rehearsal *r)
{
    const struct revision_list *list = r->run->ground.migrator.revisions;
    for (size_t i = 0; list && i < list->count; i++)
        if (strcmp(list->items[i].id, r->run->ground.suite->target) == 0)
            return &list->items[i];
    return NULL;
}

char *target_revision_file(const struct rehearsal *r, bool down, unsigned *line)
{
    const struct project_revision *revision = target_revision(r);
    const char *up = revision && revision->file_count ? revision->files[0] : NULL;
    const char *path = !down ? up : revision ? revision->down_file : NULL;
    *line = down && path ? revision->down_line : 0;
    return path ? migrator_path_for_display(path) : NULL;
}
