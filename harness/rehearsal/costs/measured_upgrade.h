/* An upgrade of the scenario's database under the ledger of what it costs. */
#pragma once
#include "cost/cost.h"
#include "rehearsal/attempt.h"

/*
 * Prepares the database and runs the migrator; false, with the error set, when that could not be
 * done (see attempt_make()). The record and the attempt are to be released in any case;
 * `*record` is NULL on failure. With `others` at work in the database there are no counters.
 */
bool measured_upgrade(struct rehearsal *r, const char *revision, bool others,
                      struct cost_record **record, struct attempt *a, struct error *e);

/* Whether the ledger has seen the upgrade; else the error (UNAVAILABLE), with what was in the way.
 */
bool measured_upgrade_was_seen(const struct cost_record *c, struct error *e);

/* A check for each of the suite's budgets, of probes or of everything else; to be planned first. */
void budgets_plan(struct rehearsal *r, bool of_probes);

/* Concludes them, in the same order; `next` is the index in the step of the first one. */
void budgets_judge(struct rehearsal *r, size_t first, bool of_probes, const struct cost_record *c);

/* A finding that the upgrade failed, and what comes after it is not run. */
void measured_upgrade_failed(struct rehearsal *r, struct check *c, const struct attempt *a);
