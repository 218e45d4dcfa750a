/* Signs of migrators, looked for in a folder and below it. */
#pragma once
#include <stddef.h>

#include "base/error.h"
#include "migrator/expression.h"
#include "migrator/profile.h"

/* Revisions that a profile's sign was found for. */
struct candidate {
    const struct suite_migrator *profile;
    char *directory, *folder; /* absolute: where the migrator works, where the revisions are */
    struct expression_groups groups;
    unsigned weight;
};

/* A sign that holds but leads to no folder. */
struct half_sign {
    const struct suite_migrator *profile;
    const char *file; /* the profile's pattern for the file that gives the sign */
    char *folder;     /* absolute: where that file is */
    char *missing;    /* where the revisions should be, relative to it */
};

struct candidate_list {
    struct candidate *items;
    size_t count;
    struct half_sign half; /* the first one found; its profile is NULL if there is none */
};

/*
 * What is recognised in `folder` (absolute) and at most six folders below it, or of the profile
 * `only` alone. Of several signs for the same revisions the heaviest are kept.
 */
void recognition_find(struct candidate_list *list, const struct profile_set *set,
                      const char *folder, const char *only);

void candidate_list_release(struct candidate_list *list);
