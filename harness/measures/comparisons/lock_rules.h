/* Stronger locks and rewritten tables, as counter_rules.h says. */
#pragma once
#include "measures/comparisons/counter_rules.h"

/*
 * The strength of a mode as pg_locks names it, 1 (AccessShareLock) to 8 (AccessExclusiveLock), in
 * the order of PostgreSQL's manual, 13.3.1 "Table-Level Locks"; 0: no table's mode.
 */
int lock_strength(const char *mode);

void locks_compare(const struct ledgers *base, const struct ledgers *candidate,
                   struct differences *out);
void rewrites_compare(const struct ledgers *base, const struct ledgers *candidate,
                      struct differences *out);
