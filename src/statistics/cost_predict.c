/* The interval of a prediction: see cost_fit.h. */
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

#include "cost_fit.h"
#include "memory.h"
#include "quantile.h"

enum { MODELS = COST_LINEARITHMIC + 1 };
static const size_t usual_resamples = 4999;
static const double least_drift = 0.05; /* for a doubling; benchmarks/forecast measures it */

static double largest_rows(const struct forecast_point *points, size_t count)
{
    double largest = 0;
    for (size_t i = 0; i < count; i++)
        largest = fmax(largest, points[i].rows);
    return largest;
}

/* How wrong, for a doubling, the fit to the smaller sizes is at the largest one. */
static double drift_of(const struct forecast_point *points, size_t count)
{
    double largest = largest_rows(points, count), next = 0;
    struct forecast_point *smaller = memory_zeroed(count, sizeof *smaller);
    double *seconds = memory_zeroed(count, sizeof *seconds), drift = 0;
    size_t smaller_count = 0, at_largest = 0;
    for (size_t i = 0; i < count; i++) {
        if (points[i].rows < largest) {
            smaller[smaller_count++] = points[i];
            next = fmax(next, points[i].rows);
        } else {
            seconds[at_largest++] = points[i].seconds;
        }
    }
    if (smaller_count >= 6) {
        struct cost_fit fit;
        cost_fit_best(smaller, smaller_count, &fit);
        double off = log(median(seconds, at_largest) / fmax(cost_fit_at(&fit, largest), 1e-9));
        /* what scatter alone would do: a median's and a fit's variance, roughly */
        double scatter = 4 * fit.residual * fit.residual / (double)at_largest;
        drift = sqrt(fmax(off * off - scatter, 0)) / fmax(log2(largest / next), 1);
    }
    free(seconds);
    free(smaller);
    return fmax(drift, least_drift);
}

/* Draws every point anew among those of its size. */
static void draw_points(gsl_rng *random, const struct forecast_point *points, size_t count,
                        struct forecast_point *drawn)
{
    for (size_t i = 0; i < count; i++) {
        size_t same = 0, chosen, j = 0;
        for (size_t k = 0; k < count; k++)
            same += points[k].rows == points[i].rows;
        chosen = gsl_rng_uniform_int(random, same);
        for (;; j++)
            if (points[j].rows == points[i].rows && chosen-- == 0)
                break;
        drawn[i] = points[j];
    }
}

/* Akaike weights of the models. */
static gsl_ran_discrete_t *weigh_models(const struct forecast_point *points, size_t count)
{
    double weights[MODELS] = {1}, least = INFINITY;
    struct cost_fit fits[MODELS], best;
    cost_fit_best(points, count, &best);
    for (size_t m = 0; m < MODELS; m++) {
        cost_fit_model(points, count, (enum cost_model)m, &fits[m]);
        least = fmin(least, fits[m].criterion);
    }
    for (size_t m = 0; m < MODELS && isfinite(least); m++)
        weights[m] = exp((least - fits[m].criterion) / 2);
    if (best.model == COST_CONSTANT && best.criterion > least) /* too few sizes for a slope */
        for (size_t m = 0; m < MODELS; m++)
            weights[m] = m == COST_CONSTANT;
    return gsl_ran_discrete_preproc(MODELS, weights);
}

/*
 * Runs that were disturbed are brought back to where the others of their size end: 2.5 standard
 * deviations from the median, by the median absolute deviation. The caller frees it.
 */
static struct forecast_point *calm(const struct forecast_point *points, size_t count)
{
    struct forecast_point *calmed = memory_zeroed(count, sizeof *calmed);
    double *same = memory_zeroed(count, sizeof *same);
    for (size_t i = 0; i < count; i++) {
        size_t found = 0;
        for (size_t j = 0; j < count; j++)
            if (points[j].rows == points[i].rows)
                same[found++] = points[j].seconds;
        double middle = median(same, found);
        for (size_t j = 0; j < found; j++)
            same[j] = fabs(same[j] - middle);
        double reach = 2.5 * 1.4826 * median(same, found);
        calmed[i] = points[i];
        calmed[i].seconds = fmin(fmax(points[i].seconds, middle - reach), middle + reach);
    }
    free(same);
    return calmed;
}

void cost_predict(const struct forecast_point *measured, size_t count, double rows,
                  size_t resamples, uint64_t seed, struct cost_prediction *out)
{
    struct forecast_point *points = calm(measured, count);
    size_t tries = resamples ? resamples : usual_resamples;
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(random, (unsigned long)(seed & 0xffffffff) + 1);
    gsl_ran_discrete_t *models = weigh_models(points, count);
    struct forecast_point *drawn = memory_zeroed(count, sizeof *drawn);
    double *predicted = memory_zeroed(tries, sizeof *predicted);
    double largest = largest_rows(points, count), doublings = fmax(log2(rows / largest), 0);
    cost_fit_best(points, count, &out->fit);
    out->drift = drift_of(points, count);
    for (size_t t = 0; t < tries; t++) {
        struct cost_fit fit;
        draw_points(random, points, count, drawn);
        cost_fit_model(drawn, count, (enum cost_model)gsl_ran_discrete(random, models), &fit);
        double scatter = gsl_ran_tdist(random, (double)count - 2) * out->fit.residual;
        double drift = gsl_ran_gaussian(random, out->drift) * doublings;
        /* only what comes beyond the largest size can drift */
        double known = cost_fit_at(&fit, fmin(rows, largest));
        predicted[t] = (known + (cost_fit_at(&fit, rows) - known) * exp(drift)) * exp(scatter);
    }
    sort_values(predicted, tries);
    out->estimate = cost_fit_at(&out->fit, rows);
    out->low = fmin(quantile_of_sorted(predicted, tries, 0.025), out->estimate);
    out->high = fmax(quantile_of_sorted(predicted, tries, 0.975), out->estimate);
    free(predicted);
    free(drawn);
    free(points);
    gsl_ran_discrete_free(models);
    gsl_rng_free(random);
}
