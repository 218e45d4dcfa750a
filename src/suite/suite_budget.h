/* What is allowed in a suite's budgets and probes. */
#pragma once
#include "suite/suite.h"

/* An ERROR_USAGE names what is wrong. */
bool suite_check_budgets(const struct suite *s, struct error *e);

/*
 * Place of a table-level lock's mode in the manual's order (13.3.1), from 1, ACCESS SHARE, to 8,
 * ACCESS EXCLUSIVE; 0 where it is none.
 */
int suite_lock_strength(const char *mode);

/* "AccessExclusiveLock on orders is held for at most 2 s"; the caller frees it. */
char *suite_budget_text(const struct suite_budget *b);
