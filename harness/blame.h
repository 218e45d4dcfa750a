/* Whose fault a failure of the migrator is: its own, or that of the server beneath it. */
#pragma once
#include "migrator.h"
#include "rehearsal.h"

/*
 * Whether the migrator failed for a reason that is not its own: the connection is gone, the disk
 * is full, … `logged` is the server's first error meanwhile, if any; where the server's log is not
 * ours to read, what the migrator itself tells of it counts. Sets the error if so.
 */
bool blame_server(const struct rehearsal *r, const struct migrator_result *result,
                  const struct error *logged, struct error *e);
