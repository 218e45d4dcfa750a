/* A project as it is rehearsed: what was recognised, its revisions, and which of them are tried. */
#pragma once
#include "migrator/project.h"
#include "rehearsal/revision_range.h"
#include "suite/suite.h"

/* SQL that the project brings along beside its migrations. */
struct own_sql {
    char *path;         /* absolute; NULL: it brings none */
    const char *option; /* how it was given, for messages: "--data" */
    bool is_folder;     /* of files REVISION.sql; else one file */
};

struct rehearsed_project {
    struct project *project;
    struct suite *suite; /* its pgrehearse.yaml */
    struct revision_list revisions;
    struct revision_range range;
    struct own_sql rows; /* its rows */
    struct own_sql base; /* what is there before the first revision */
};

struct rehearsed_project_request {
    const char *migrator, *folder; /* --migrator, --migrations; or NULL */
    const char *data;              /* --data; or NULL */
    const char *base;              /* --base; or NULL */
    struct range_request range;
    const struct cancel *cancel;
};

/*
 * Recognises what is in `folder` and picks the revisions. ERROR_USAGE for what cannot be meant,
 * ERROR_UNAVAILABLE for a migrator that is not installed. Release in any case.
 */
bool rehearsed_project_open(struct rehearsed_project *p, const char *folder,
                            const struct rehearsed_project_request *request, struct error *e);

/* The migrator that runs it; it borrows from the project. */
void rehearsed_project_migrator(const struct rehearsed_project *p, struct migrator *m);

/* "golang-migrate, 12 revisions in db/migrations", for people; to be freed. */
char *rehearsed_project_text(const struct rehearsed_project *p);

void rehearsed_project_release(struct rehearsed_project *p);
