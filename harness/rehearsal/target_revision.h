/* The revision that is rehearsed, as its files have it. */
#pragma once
#include "migrator/revisions.h"
#include "rehearsal/rehearsal.h"

/* NULL: its files are not known; a suite's migrator need not say where they are. */
const struct project_revision *target_revision(const struct rehearsal *r);
