/*
 * A project: a folder that holds a migrator's revisions. It is recognised by the signs of the
 * profiles, in the folder itself or below it.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "migrator/expression.h"
#include "migrator/migrator.h"
#include "migrator/profile.h"
#include "migrator/revisions.h"

enum project_runner {
    PROJECT_BY_EITHER, /* the tool if it is installed, else the layout */
    PROJECT_BY_TOOL,
    PROJECT_BY_LAYOUT,
};

struct project_options {
    const char *shipped;  /* folder of the shipped profiles; NULL: the installation's */
    const char *migrator; /* name of a profile; NULL: any */
    const char *folder;   /* of the revisions, relative to the project; NULL: any */
    enum project_runner runner;
    const struct suite_migrator *given; /* pgrehearse.yaml's: suite.migrator; or NULL */
};

struct project {
    char *root;                      /* absolute: where it was looked for */
    char *directory;                 /* absolute: where the migrator works */
    char *folder;                    /* absolute: where the revisions are */
    char *name;                      /* of the profile */
    struct suite_migrator *profile;  /* as it was recognised, with the user's changes */
    struct suite_migrator *runner;   /* how it is run: the profile, or that of our own migrator */
    char *tool;                      /* the program that was found; NULL: none */
    bool by_layout;                  /* pgrehearse-migrate runs it */
    char *note;                      /* one sentence: why the layout is run; NULL: nothing to say */
    struct expression_groups groups; /* of the sign by which it was recognised */
    unsigned weight;                 /* of that sign */
    struct surroundings *surroundings;
};

/* Not yet with tool and runner. Zero-initialised it is empty and valid. */
struct project_list {
    struct project *items; /* by folder, then name */
    size_t count;
};

/* Whether anything is recognised in `folder` or at most six folders below it; no error if not. */
bool project_list_find(struct project_list *list, const char *folder,
                       const struct project_options *options, struct error *e);

void project_list_release(struct project_list *list);

/*
 * The one project in `folder`. Errors: ERROR_USAGE if there is none or there are several (the
 * message lists them with the option that chooses), ERROR_UNAVAILABLE if its migrator is not
 * installed and has no layout (the message names the package). To be freed with project_free().
 */
struct project *project_find(const char *folder, const struct project_options *options,
                             struct error *e);

/* Its revisions in their order, with what is wrong about them. */
bool project_revisions(const struct project *p, struct revision_list *list, struct error *e);

/*
 * The migrator that runs it, for migrator_run(). `revisions` (of project_revisions()) and the
 * project have to live as long as it does. Released with migrator_release().
 */
void project_migrator(const struct project *p, const struct revision_list *revisions,
                      struct migrator *m);

/* The folder of its revisions as people would name it: relative to where it was looked for. */
const char *project_shown_folder(const struct project *p);

void project_free(struct project *p);
