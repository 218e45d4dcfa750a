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

/* The path of that file, and which lines of it: `*to` is 0 for all that follow. */
static const char *find_file(const struct rehearsal *r, bool down, unsigned *from, unsigned *to)
{
    const struct project_revision *revision = target_revision(r);
    const char *up = revision && revision->file_count ? revision->files[0] : NULL;
    *from = *to = 0;
    if (!revision)
        return NULL;
    if (down) {
        *from = revision->down_file ? revision->down_line : 0;
        return revision->down_file;
    }
    if (up && revision->down_file && revision->down_line > 1 &&
        strcmp(up, revision->down_file) == 0)
        *to = revision->down_line - 1;
    return up;
}

char *target_revision_file(const struct rehearsal *r, bool down, unsigned *line)
{
    unsigned to;
    const char *path = find_file(r, down, line, &to);
    return path ? migrator_path_for_display(path) : NULL;
}

char *target_revision_place(const struct rehearsal *r, bool down, const struct named *named,
                            bool table_will_do, unsigned *line)
{
    unsigned to;
    const char *path = find_file(r, down, line, &to);
    unsigned found = path ? named_line(path, *line, to, named, table_will_do) : 0;
    *line = found ? found : *line;
    return path ? migrator_path_for_display(path) : NULL;
}
