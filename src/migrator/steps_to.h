/* How many steps lead from the revision of a database to another. */
#pragma once
#include "migrator/migrator.h"

/*
 * Asks the database at the migrator's `direct` URL, else at `url`, by the query `applied` for the
 * revisions that it has. Upgrading, counts those up to `revision` that it lacks; downgrading, those
 * behind it that it has (NULL: all). False if the profile has no such query (ERROR_USAGE), there is
 * no such revision (ERROR_USAGE) or the database cannot be asked (ERROR_UNAVAILABLE).
 */
bool steps_to(const struct migrator *m, enum migrator_action action, const char *revision,
              const char *url, size_t *count, struct error *e);

/* The revisions that the database has, as the version table writes them; to be freed. */
bool steps_applied(const struct migrator *m, const char *url, char ***revisions, size_t *count,
                   struct error *e);
