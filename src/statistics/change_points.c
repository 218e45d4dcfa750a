#include "statistics/change_points.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "statistics/quantile.h"

static const double usual_threshold = 0.10, least_noise = 0.002;
static const size_t usual_confirm = 3;
/* Calibrated with test_statistics_changes: false alarms on steady series stay under 1 in 100. */
static const double penalty_constant = 6.0, penalty_per_log = 3.0, few_runs = 8.0,
                    most_distance = 3.5;

/* Counters may be 0: one unit more tells them apart from 1, and changes nothing that is large. */
static double *logarithms(const double *values, size_t count)
{
    double *logs = memory_zeroed(count, sizeof *logs), unit = 0;
    for (size_t i = 0; i < count; i++)
        if (values[i] <= 0)
            unit = 1;
    for (size_t i = 0; i < count; i++)
        logs[i] = log(fmax(values[i], 0) + unit);
    return logs;
}

/* The mean absolute deviation of normal noise, from the median difference of neighbours. */
static double noise_of(const double *x, size_t count)
{
    double *steps = memory_zeroed(count, sizeof *steps);
    for (size_t i = 0; i + 1 < count; i++)
        steps[i] = fabs(x[i + 1] - x[i]);
    /* of few runs the median difference is often too small */
    double sigma = median(steps, count - 1) / (0.6745 * M_SQRT2) * (1 + few_runs / (double)count);
    free(steps);
    return fmax(sigma * sqrt(2 / M_PI), least_noise);
}

/* `value` into its place among `count` sorted ones. */
static void insert_sorted(double *sorted, size_t count, double value)
{
    size_t at = count;
    while (at > 0 && sorted[at - 1] > value)
        at--;
    memmove(sorted + at + 1, sorted + at, (count - at) * sizeof *sorted);
    sorted[at] = value;
}

/*
 * The sum of distances from the median, in units of the noise; none counts for more than `most`,
 * so that a few disturbed runs side by side are not a level.
 */
static double distance_of(const double *sorted, size_t count, double noise)
{
    double middle = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2, sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += fmin(fabs(sorted[i] - middle) / noise, most_distance);
    return sum;
}

/* For every end the start of the last segment of the best segmentation up to it. */
static size_t *partition(const double *x, size_t count, size_t least, double noise)
{
    double penalty = penalty_constant + penalty_per_log * log((double)count);
    double *best = memory_zeroed(count + 1, sizeof *best);
    double *sorted = memory_zeroed(count + 1, sizeof *sorted);
    size_t *start = memory_zeroed(count + 1, sizeof *start);
    best[0] = -penalty;
    for (size_t end = 1; end <= count; end++) {
        best[end] = INFINITY;
        for (size_t from = end; from-- > 0;) {
            insert_sorted(sorted, end - from - 1, x[from]);
            if (end - from < least || isinf(best[from]))
                continue;
            double cost = best[from] + 2 * distance_of(sorted, end - from, noise) + penalty;
            if (cost < best[end]) {
                best[end] = cost;
                start[end] = from;
            }
        }
    }
    free(sorted);
    free(best);
    return start;
}

/* The levels' first indexes, the oldest first; returns how many. */
static size_t read_starts(const size_t *start, size_t count, size_t *starts)
{
    size_t levels = 0;
    for (size_t end = count; end > 0; end = start[end])
        starts[levels++] = start[end];
    for (size_t i = 0; i < levels / 2; i++) {
        size_t other = starts[levels - 1 - i];
        starts[levels - 1 - i] = starts[i];
        starts[i] = other;
    }
    return levels;
}

/* How many of the values from `from` on are nearer to `level` than to `other`. */
static size_t count_nearer(const double *x, size_t from, size_t end, double level, double other)
{
    size_t nearer = 0;
    for (size_t i = from; i < end; i++)
        nearer += fabs(x[i] - level) < fabs(x[i] - other);
    return nearer;
}

/*
 * How far the level that begins at `middle` is from the one before, as a logarithm; 0 unless
 * `confirm` values are on either of them: a median needs only half of its values.
 */
static double step_between(const double *x, size_t from, size_t middle, size_t end, size_t confirm)
{
    double before = median(x + from, middle - from), after = median(x + middle, end - middle);
    if (count_nearer(x, from, middle, before, after) < confirm ||
        count_nearer(x, middle, end, after, before) < confirm)
        return 0;
    return fabs(after - before);
}

/* Levels that differ by less than the threshold become one, the closest first. */
static size_t merge_levels(const double *x, size_t count, size_t *starts, size_t levels,
                           double threshold, size_t confirm)
{
    for (;;) {
        size_t closest = 0;
        double least = log1p(threshold);
        for (size_t i = 1; i < levels; i++) {
            size_t end = i + 1 < levels ? starts[i + 1] : count;
            double step = step_between(x, starts[i - 1], starts[i], end, confirm);
            if (step < least) {
                least = step;
                closest = i;
            }
        }
        if (!closest)
            return levels;
        memmove(starts + closest, starts + closest + 1, (levels - closest - 1) * sizeof *starts);
        levels--;
    }
}

size_t change_points(const double *values, size_t count, const struct change_rule *rule,
                     struct change_point **found)
{
    double threshold = rule && rule->threshold > 0 ? rule->threshold : usual_threshold;
    size_t confirm = rule && rule->confirm >= 2 ? rule->confirm : usual_confirm, changes = 0;
    size_t skipped = count > CHANGE_POINTS_MOST ? count - CHANGE_POINTS_MOST : 0;
    *found = NULL;
    values += skipped;
    count -= skipped;
    if (count < 2 * confirm)
        return 0;
    double *x = logarithms(values, count);
    size_t *start = partition(x, count, confirm, noise_of(x, count));
    size_t *starts = memory_zeroed(count, sizeof *starts);
    size_t levels = read_starts(start, count, starts);
    levels = merge_levels(x, count, starts, levels, threshold, confirm);
    for (size_t i = 1; i < levels; i++) {
        size_t end = i + 1 < levels ? starts[i + 1] : count;
        struct change_point *c = memory_append(found, &changes, sizeof **found);
        c->index = skipped + starts[i];
        c->before = median(values + starts[i - 1], starts[i] - starts[i - 1]);
        c->after = median(values + starts[i], end - starts[i]);
        c->ratio = exp(median(x + starts[i], end - starts[i]) -
                       median(x + starts[i - 1], starts[i] - starts[i - 1]));
    }
    free(starts);
    free(start);
    free(x);
    return changes;
}
