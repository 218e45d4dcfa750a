/* What is done while tables are locked, and what keeps others from waiting for it without end. */
#pragma once
#include "measures/comparisons/counter_rules.h"

/*
 * The buffers that are read by statements while a table is locked against readers, or against
 * writers: where they grow by more than the whole upgrade's do, a lock is taken earlier or kept
 * longer than in the base, though no mode is stronger: a constraint that lost its NOT VALID, a
 * COMMIT that is gone, an ALTER TABLE before the backfill instead of after it.
 */
void work_under_locks_compare(const struct ledgers *base, const struct ledgers *candidate,
                              double threshold, struct differences *out);

/* A lock_timeout or statement_timeout that the base's statements set and the candidate's do not. */
void timeouts_compare(const struct ledgers *base, const struct ledgers *candidate,
                      struct differences *out);
