/* Whether a dump of a throwaway database can be restored. */
#pragma once
#include "rehearsal/rehearsal.h"

/*
 * Dumps the database of `url` and restores it into an empty one, which is dropped again. `trouble`
 * (to be freed) is what pg_restore ran into; `obstacle` (to be freed) why no dump could be taken.
 * NULL for neither. False only where we were interrupted or the server failed us.
 */
bool restored_dump_try(struct rehearsal *r, const char *url, char **trouble, char **obstacle,
                       struct error *e);
