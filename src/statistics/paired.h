/*
 * The centre of paired differences, with a bootstrap interval.
 *
 * The centre is the mean without the lowest and the highest fifth, so that a disturbed round does
 * not count; its standard error comes from the winsorised variance (Yuen 1974, "The two-sample
 * trimmed t for unequal population variances"). The interval is the bootstrap-t (Efron &
 * Tibshirani 1993, "An Introduction to the Bootstrap", 12.5), which keeps its coverage with few
 * and skewed values, where the percentile interval does not. Ratios come in as logarithms.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct paired_estimate {
    double estimate, low, high; /* two-sided interval at 1 - 2 * alpha */
    double p_above;             /* of seeing this where the centre is at most the boundary */
    double p_below;             /* where it is at least the boundary */
};

enum { PAIRED_LEAST = 6 }; /* with fewer values nothing can be said: no interval, p values 1 */

struct paired_request {
    const double *values;
    size_t count;
    double boundary;
    double alpha;     /* each end of the interval is exceeded so often */
    size_t resamples; /* 0: 9999 */
    uint64_t seed;    /* the same seed, the same interval */
};

void paired_estimate(const struct paired_request *request, struct paired_estimate *out);

/*
 * Holm 1979, "A simple sequentially rejective multiple test procedure": p values adjusted so that
 * calling those below alpha significant is wrong for any of them at most with probability alpha.
 */
void holm_adjust(const double *p, size_t count, double *adjusted);
