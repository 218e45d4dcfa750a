/*
 * What became of the rows of a project that declares nothing of them: every table is compared by
 * value and by identity with a clone from before.
 */
#pragma once
#include "rehearsal/remembered.h"

/*
 * A step that compares the rows with those that were remembered as `then`.
 *
 * With the first thing that the scenario remembered, after the upgrade: rows and values that are
 * lost are a finding until the revision's expectation approves of them, and with an expectation so
 * is every other deviation. Once there is something remembered after it, the migration has been
 * rolled back: what the upgrade lost is lost, and nothing else may be other than it was. With
 * anything later, nothing may have changed, except for values that are computed each time.
 */
void judge_undeclared_rows(struct rehearsal *r, const char *then);

/*
 * Whether the rows of any table are other in the database at `to` than in the copy that was kept
 * with `from`; false also when they could not be read, with the error set.
 */
bool undeclared_rows_differ(struct rehearsal *r, const struct remembered *from,
                            struct connection *to, struct error *e);

/*
 * Whether there is something for a rollback to take back: NULLs that got a value may keep it,
 * and no rollback brings back rows that were deleted, which is a loss of its own. False
 * also when the rows could not be read, with the error set.
 */
bool undeclared_rows_can_be_undone(struct rehearsal *r, const struct remembered *from,
                                   struct connection *to, struct error *e);
