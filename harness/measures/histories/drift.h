/*
 * What a series says: whether it has moved to another level, on the terms on which two sets of
 * migrations are compared (change_points.h): at least by the threshold, and confirmed by as many
 * runs. More is always worse: every measure is a cost.
 */
#pragma once
#include "record/cost_record.h"

/* Marks the points where the level changed, and sets `verdict` and `worse`. */
void drift_judge(struct trend *t);

/* "UPGRADE in PERFORMANCE: since …": the trends that got worse, a line each, to be freed; NULL:
   none. */
char *drift_complaints(const struct trend *trends, size_t count);
