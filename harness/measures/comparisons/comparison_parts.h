/* What the files of a comparison share. */
#pragma once
#include "measures/comparisons/comparison.h"

/* Plans the scenario "compare", and begins the run with its first step. */
void comparison_begin(struct comparison *c);

/* The ledgers are compared, or the candidate has failed: concludes the checks of the first step. */
void comparison_record_ledgers(struct comparison *c);

/*
 * Adds what the timings showed to the differences, sets outcome and reason, and concludes the check
 * of the second step.
 */
void comparison_judge(struct comparison *c, enum decision time);

/* Ends the scenario; `e` is why it could not be done, NULL if it was. */
void comparison_end(struct comparison *c, const struct error *e);
