/*
 * The application beside the migration: one session for each of the suite's probes, which asks its
 * query again and again, and notes when it asked and how long it waited.
 */
#pragma once
#include "base/cancel.h"
#include "base/error.h"
#include "record/cost_record.h"
#include "suite/suite.h"

struct probes;

/*
 * Connects, takes the parameters from the database, tries each query once, and starts asking. NULL
 * when that fails; a query of the suite that does not work at all is an ERROR_USAGE.
 */
struct probes *probes_start(const struct suite *suite, const char *url, const struct cancel *cancel,
                            struct error *e);

/*
 * Whether each has asked again since the first call, or has waited for an answer since then: only
 * from that moment does it show how long others are kept waiting. To be called from one thread.
 */
bool probes_have_come(struct probes *p);

/* Asks no more; waits for the answers that are under way. */
void probes_stop(struct probes *p);

/*
 * Hands what they saw over to `c`; times count from `started` (clock_seconds()). Of a probe that
 * failed `*failures`, to be freed, tells how often and why first; NULL: none did.
 */
void probes_tell(struct probes *p, double started, struct cost_record *c, char **failures);

/* Stops them, too; NULL is accepted. */
void probes_free(struct probes *p);
