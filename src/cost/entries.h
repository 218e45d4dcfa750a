/* The record's entries, from what the relay, the watch and the migrator's log know. */
#pragma once
#include "cost/watch.h"
#include "relay/ledger.h"

/* Every statement, and the time from the first one's start to the last one's end. */
void entries_add_statements(struct cost_record *c, const struct ledger *l, const struct watch *w,
                            double started);

/* Names the step of every statement, and adds up each step's. */
void entries_add_steps(struct cost_record *c, const char *pattern,
                       const struct migrator_result *result);

void entries_add_locks(struct cost_record *c, const struct watch *w, double started);
void entries_add_tables(struct cost_record *c, const struct watch *w);
