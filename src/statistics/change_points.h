/*
 * Where a series of measurements moved to another level: drift over many runs.
 *
 * The levels are those that fit best, each of them paid for: the segmentation that minimises the
 * sum of absolute distances from each segment's median on a logarithmic scale, plus a penalty for
 * every change (Jackson et al. 2005, "An algorithm for optimal partitioning of data on an
 * interval"; the optimum that PELT finds too, Killick, Fearnhead & Eckley 2012; absolute and
 * bounded instead of squared distances, so that a few odd runs are not a level of their own, as in
 * Fearnhead & Rigaill 2019, "Changepoint Detection in the Presence of Outliers").
 * Noise is measured by the differences of neighbours, which a change of level hardly touches.
 *
 * A change counts when it is at least as large as the threshold and when as many runs as `confirm`
 * are on the new level: the same terms as a comparison's, threshold and rerun.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct change_rule {
    double threshold; /* the smallest change that counts, as a share; 0: 0.10 */
    size_t confirm;   /* how many values make a level, 2 or more; 0: 3 */
};

struct change_point {
    size_t index;         /* the first value on the new level; 1 … count - 1 */
    double before, after; /* the medians of the levels beside it */
    double ratio;         /* after / before; more than 1: it grew */
};

enum {
    CHANGE_POINTS_MOST = 1000
}; /* of a longer series only so many of the newest are looked at */

/*
 * `values` in the order of time, all of them finite and not negative, measured under the same
 * circumstances: medians of a run's repetitions, or counters. Returns how many changes there are;
 * `*found` (to be freed, NULL for none) has them by index, which counts from the start of `values`.
 * A series of fewer than 2 * confirm values has none. On steady series with skewed noise and one
 * disturbed run in 20 fewer than 1 in 100 is said to change (tests/unit/test_statistics_changes.c).
 */
size_t change_points(const double *values, size_t count, const struct change_rule *rule,
                     struct change_point **found);
