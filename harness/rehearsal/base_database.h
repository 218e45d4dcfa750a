/*
 * What is there before the first revision (--base): a schema that no migration of the project
 * makes. Where a project has none, the first revision begins with an empty database.
 */
#pragma once
#include "rehearsal/leg.h"

/*
 * Makes a database with it, `*name`, to be freed and dropped by the caller; NULL where the project
 * has none. A file that does not run is an ERROR_USAGE, and so is one that leaves the migrator at
 * the leg's own revision or behind it: nothing would be left to rehearse.
 */
bool base_database_make(const struct leg *leg, const struct rehearsed_project *project, char **name,
                        struct error *e);

/* Drops what base_database_make() made, unless it is to be kept, and frees the name; NULL: nothing.
 */
void base_database_drop(const struct leg *leg, char *name);

/* baseline_extend() into leg->template, from there if the request names no template. */
bool base_database_extend(struct leg *leg, const struct rehearsed_project *project,
                          const struct baseline_request *request, struct baseline_failure *failure,
                          struct error *e);
