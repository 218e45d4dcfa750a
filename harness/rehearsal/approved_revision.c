#include "rehearsal/approved_revision.h"

#include <unistd.h>

#include "base/memory.h"
#include "rehearsal/preserved.h"

/* A revision's name may be a path; in a file's name its slashes become underscores. */
static char *path_of(const struct suite *suite)
{
    char *name = memory_format("pgrehearse/%s.expected", suite->target);
    for (char *p = name + strlen("pgrehearse/"); *p; p++)
        if (*p == '/')
            *p = '_';
    char *path = suite_path(suite, name);
    free(name);
    return path;
}

bool approved_revision_read(const struct suite *suite, struct approved_revision *a, struct error *e)
{
    *a = (struct approved_revision){.path = path_of(suite)};
    a->is_there = access(a->path, F_OK) == 0;
    return !a->is_there || expectation_read(&a->expectation, a->path, e);
}

bool approved_revision_write(struct rehearsal *r, const struct snapshot *before,
                             const struct data_changes *changes, struct error *e)
{
    struct snapshot now = {0};
    struct delta delta = {0};
    if (!preserved_snapshot(r, &now, e))
        return false;
    delta_compute(before, &now, &delta);
    char *path = path_of(r->run->ground.suite);
    bool good = expectation_write(path, r->run->ground.suite->target, &delta, changes,
                                  r->run->ground.lacks_way_back, e);
    free(path);
    delta_release(&delta);
    snapshot_release(&now);
    return good;
}

void approved_revision_release(struct approved_revision *a)
{
    expectation_release(&a->expectation);
    free(a->path);
    *a = (struct approved_revision){0};
}
