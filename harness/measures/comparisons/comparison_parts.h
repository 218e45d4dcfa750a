/* What the files of a comparison share. */
#pragma once
#include "measures/comparisons/comparison.h"

/* Adds what the timings showed to the differences, and sets outcome and reason. */
void comparison_judge(struct comparison *c, enum decision time);

/* Writes the scenario "compare" into the record; `e` is why it could not be done, NULL if it was.
 */
void comparison_record(struct comparison *c, const struct error *e);
