/* Which revisions of a project are rehearsed. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/cancel.h"
#include "migrator/revisions.h"

/* As the command line says it; members may be NULL. */
struct range_request {
    const char
        *from;      /* the baseline of the first: a revision, or what the migrator calls its base */
    const char *to; /* the last; NULL: the newest */
    const char *since; /* a commit of git: those that were not there then */
    uint64_t last;     /* so many before `to`, with it; 0: not given */
    bool each;         /* every one up to `to` */
};

/* The places [first, end) of the list, in its order. Release it. */
struct revision_range {
    size_t first, end;
    const char *since; /* as it was asked for; or NULL */
    /* With `since`: the commit where the branch began, if the branch has touched what came before:
       put a revision before others, changed or removed a file. NULL: it only adds at the end. */
    char *origin;
};

/*
 * Picks them; without a request it is the newest one. What cannot be meant is an ERROR_USAGE: a
 * revision that is not there, an empty range, options that exclude each other, a folder that is not
 * in git.
 */
bool revision_range_choose(struct revision_range *range, const struct revision_list *list,
                           const char *folder, const char *base,
                           const struct range_request *request, const struct cancel *cancel,
                           struct error *e);

void revision_range_release(struct revision_range *range);
