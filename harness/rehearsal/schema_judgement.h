/* Holding what changed in the schema against what may change. */
#pragma once
#include "rehearsal/rehearsal.h"
#include "schema/delta.h"

/*
 * The differences between now and what was remembered as `since` that `approved` (NULL: none) does
 * not account for, and the whole delta. Release both in any case.
 */
bool schema_differences(struct rehearsal *r, const char *since,
                        const struct approved_delta *approved, struct delta *delta,
                        struct delta_differences *differences, struct error *e);

/* Whether a project's way back has anything to undo here: an extension that is new may stay. */
bool schema_needs_undoing(const struct snapshot *before, const struct snapshot *after);

/* Concludes the check: a finding with this remedy if there is any such difference. */
void schema_judge(struct rehearsal *r, struct check *c, const char *since, const char *remedy,
                  const struct approved_delta *approved);
