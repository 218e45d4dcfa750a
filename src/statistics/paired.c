#include "statistics/paired.h"

#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdbool.h>

#include "base/memory.h"
#include "statistics/quantile.h"

static const double trimmed_share = 0.2; /* of each end */
static const size_t usual_resamples = 9999;

struct centre {
    double mean, error; /* its standard error */
};

/* Of sorted values. */
static struct centre centre_of(const double *sorted, size_t count)
{
    size_t cut = (size_t)(trimmed_share * (double)count), kept = count - 2 * cut;
    double sum = 0, squares = 0;
    for (size_t i = cut; i < count - cut; i++)
        sum += sorted[i];
    double winsorised =
        (sum + (double)cut * (sorted[cut] + sorted[count - cut - 1])) / (double)count;
    for (size_t i = 0; i < count; i++) {
        size_t at = i < cut ? cut : i >= count - cut ? count - cut - 1 : i;
        squares += (sorted[at] - winsorised) * (sorted[at] - winsorised);
    }
    double variance =
        squares / ((double)kept * (double)(kept - 1)); /* Yuen's (n - 1) s² / (h (h - 1)) */
    return (struct centre){sum / (double)kept, sqrt(variance)};
}

/* Draws as many of the sorted values as there are, with replacement, into their order. */
static void draw(gsl_rng *random, const double *sorted, size_t count, size_t *times, double *drawn)
{
    size_t filled = 0;
    for (size_t i = 0; i < count; i++)
        times[i] = 0;
    for (size_t i = 0; i < count; i++)
        times[(size_t)(gsl_rng_uniform(random) * (double)count)]++;
    for (size_t i = 0; i < count; i++)
        for (size_t t = 0; t < times[i]; t++)
            drawn[filled++] = sorted[i];
}

/* The studentised distances of resampled centres, sorted; returns how many. */
static size_t resample(const struct paired_request *r, const double *sorted,
                       const struct centre *centre, size_t resamples, double *distances)
{
    gsl_rng *random = gsl_rng_alloc(gsl_rng_taus2);
    double *drawn = memory_zeroed(r->count, sizeof *drawn);
    size_t *times = memory_zeroed(r->count, sizeof *times), count = 0;
    gsl_rng_set(random, (unsigned long)(r->seed & 0xffffffff) + 1);
    for (size_t b = 0; b < resamples; b++) {
        draw(random, sorted, r->count, times, drawn);
        struct centre again = centre_of(drawn, r->count);
        if (again.error > 1e-9 * centre->error) /* all the same value: no distance */
            distances[count++] = (again.mean - centre->mean) / again.error;
    }
    sort_values(distances, count);
    gsl_rng_free(random);
    free(times);
    free(drawn);
    return count;
}

static void read_distances(const struct paired_request *r, const struct centre *centre,
                           const double *distances, size_t count, struct paired_estimate *out)
{
    double distance = (centre->mean - r->boundary) / centre->error;
    size_t above = 0, below = 0;
    for (size_t i = 0; i < count; i++) {
        above += distances[i] >= distance;
        below += distances[i] <= distance;
    }
    out->p_above = (double)(above + 1) / (double)(count + 1);
    out->p_below = (double)(below + 1) / (double)(count + 1);
    out->low = centre->mean - quantile_of_sorted(distances, count, 1 - r->alpha) * centre->error;
    out->high = centre->mean - quantile_of_sorted(distances, count, r->alpha) * centre->error;
}

void paired_estimate(const struct paired_request *r, struct paired_estimate *out)
{
    size_t resamples = r->resamples ? r->resamples : usual_resamples;
    *out = (struct paired_estimate){0, -INFINITY, INFINITY, 1, 1};
    if (r->count < PAIRED_LEAST)
        return;
    double *sorted = memory_zeroed(r->count, sizeof *sorted);
    double *distances = memory_zeroed(resamples, sizeof *distances);
    for (size_t i = 0; i < r->count; i++)
        sorted[i] = r->values[i];
    sort_values(sorted, r->count);
    struct centre centre = centre_of(sorted, r->count);
    out->estimate = centre.mean;
    size_t count = centre.error > 0 ? resample(r, sorted, &centre, resamples, distances) : 0;
    if (count) {
        read_distances(r, &centre, distances, count, out);
    } else { /* it does not vary at all */
        double certain = 1 / (double)(resamples + 1);
        out->low = out->high = centre.mean;
        out->p_above = centre.mean > r->boundary ? certain : 1;
        out->p_below = centre.mean < r->boundary ? certain : 1;
    }
    free(distances);
    free(sorted);
}

void holm_adjust(const double *p, size_t count, double *adjusted)
{
    bool *done = memory_zeroed(count ? count : 1, sizeof *done);
    double largest = 0;
    for (size_t rank = 0; rank < count; rank++) {
        size_t least = count;
        for (size_t i = 0; i < count; i++)
            if (!done[i] && (least == count || p[i] < p[least]))
                least = i;
        done[least] = true;
        largest = fmax(largest, fmin(1, p[least] * (double)(count - rank)));
        adjusted[least] = largest;
    }
    free(done);
}
