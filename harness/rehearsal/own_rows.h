/* The project's own rows (--data): a template beside that without rows, brought along with it. */
#pragma once
#include "rehearsal/leg.h"

/*
 * Makes leg->own, if the project has rows: of the leg before, or of the leg's template. A file of
 * SQL that does not run is an ERROR_USAGE that names it.
 */
bool own_rows_make(struct leg *leg, const struct leg *before,
                   const struct rehearsed_project *project, struct error *e);
