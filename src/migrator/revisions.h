/* The revisions of a project, learnt from its files. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "suite/suite_migrator.h"

struct project_revision {
    char *id;     /* as the migrator takes it on its command line */
    char *label;  /* "" for none */
    char *family; /* revisions of one family have one head; NULL: all are of one */
    char **parents;
    size_t parent_count;
    char **files; /* absolute; the first is the one that upgrades */
    size_t file_count;
    bool has_down;
    char *down_file;    /* in which its way back is, absolute; NULL: it has none */
    unsigned down_line; /* of that file; 0: all of the file is the way back */
    bool otherwise;     /* it counts where no other file has its id */
};

/* Something wrong about the revisions themselves: a finding. */
struct revision_problem {
    char *text;         /* one sentence that names the files */
    char *file;         /* the first of them, absolute; or NULL */
    const char *remedy; /* NULL: each has to have one place in the order */
};

/* Zero-initialised it is empty and valid. */
struct revision_list {
    struct project_revision *items; /* parents before children */
    size_t count;
    size_t head_count; /* revisions that are nobody's parent; 1 where files give no parents */
    struct revision_problem *problems;
    size_t problem_count;
};

/*
 * Reads the revisions in `folder` as `how` says. `groups` (10, may be NULL) fill {1} to {9} in
 * `how->list`. False with an ERROR_USAGE if the folder cannot be read.
 */
bool revision_list_read(struct revision_list *list, const char *folder,
                        const struct suite_revisions *how, char *const *groups, struct error *e);

/* The place of a revision by its whole id, or by a beginning of it that is no other's (as people
   write them); SIZE_MAX if there is none. */
size_t revision_list_place(const struct revision_list *list, const char *id);

/* The first revision with a file whose path ends in `shown`, a path as users know it; `count` if
   there is none. */
size_t revision_list_of_file(const struct revision_list *list, const char *shown);

/* The last revision in the list that `words` name as a word of its own; `count` if they name none.
   What a migrator says of its revision names that one, or those before it too. */
size_t revision_list_said(const struct revision_list *list, const char *words);

void revision_list_release(struct revision_list *list);
