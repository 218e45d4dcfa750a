/* The revision that is rehearsed, as its files have it. */
#pragma once
#include "migrator/named_place.h"
#include "migrator/revisions.h"
#include "rehearsal/rehearsal.h"

/* NULL: its files are not known; a suite's migrator need not say where they are. */
const struct project_revision *target_revision(const struct rehearsal *r);

/*
 * The file that goes up or, with `down`, the one that goes back, as a user knows it; to be freed.
 * `*line`: where in it that begins, 0 for a file of its own. NULL: not known, or no way back.
 */
char *target_revision_file(const struct rehearsal *r, bool down, unsigned *line);

/* The same, with the line on which the file names the object, if it does (named_line()). */
char *target_revision_place(const struct rehearsal *r, bool down, const struct named *named,
                            bool table_will_do, unsigned *line);
