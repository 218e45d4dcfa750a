/*
 * Order statistics. Quantiles are the seventh of Hyndman & Fan 1996 ("Sample Quantiles in
 * Statistical Packages"), which GSL, R and NumPy take when not told otherwise.
 */
#pragma once
#include <stddef.h>

/* The quantile at `share` (0 … 1) of `count` (1 or more) values in any order. */
double quantile(const double *values, size_t count, double share);

double median(const double *values, size_t count);

/* The `share` quantile of values that are sorted already. */
double quantile_of_sorted(const double *sorted, size_t count, double share);

void sort_values(double *values, size_t count);
