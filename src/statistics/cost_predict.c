/* The interval of a prediction: see cost_fit.h. */
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

#include "cost_fit.h"
#include "memory.h"
#include "quantile.h"

enum { MODELS = COST_LINEARITHMIC + 1 };
static const size_t usual_resamples = 4999;
static const double least_drift = 0.025; /* for a doubling; benchmarks/forecast measures it */

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

/* Draws every point anew among those of its size; they are sorted by it. */
static void draw_points(gsl_rng *random, const struct forecast_point *points, size_t count,
                        struct forecast_point *drawn)
{
    for (size_t first = 0, next; first < count; first = next) {
        for (next = first; next < count && points[next].rows == points[first].rows;)
            next++;
        for (size_t i = first; i < next; i++)
            drawn[i] = points[first + gsl_rng_uniform_int(random, next - first)];
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

static int compare_points(const void *a, const void *b)
{
    const struct forecast_point *left = a, *right = b;
    return (left->rows > right->rows) - (left->rows < right->rows);
}

/* What one run might take: other points, another model, another share, the scatter of a run. */
static double draw(gsl_rng *random, const gsl_ran_discrete_t *models, const struct cost_request *r,
                   const struct forecast_point *points, const double *weights,
                   struct forecast_point *drawn, const struct cost_prediction *p)
{
    struct cost_fit fit;
    double largest = points[r->count - 1].rows, doublings = fmax(log2(r->rows / largest), 0);
    draw_points(random, points, r->count, drawn);
    cost_fit_weighted(drawn, weights, r->count, (enum cost_model)gsl_ran_discrete(random, models),
                      &fit);
    double scatter = gsl_ran_tdist(random, (double)r->count - 2) * p->fit.residual;
    double drift = gsl_ran_gaussian(random, hypot(p->drift * doublings, r->doubt));
    /* only what comes beyond the largest size can drift */
    double known = cost_fit_at(&fit, fmin(r->rows, largest));
    return (known + (cost_fit_at(&fit, r->rows) - known) * exp(drift)) * exp(scatter);
}

void cost_predict(const struct cost_request *r, struct cost_prediction *out)
{
    size_t tries = r->resamples ? r->resamples : usual_resamples;
    struct forecast_point *points = calm(r->points, r->count);
    struct forecast_point *drawn = memory_zeroed(r->count, sizeof *drawn);
    double *weights = memory_zeroed(r->count, sizeof *weights);
    double *predicted = memory_zeroed(tries, sizeof *predicted);
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(random, (unsigned long)(r->seed & 0xffffffff) + 1);
    qsort(points, r->count, sizeof *points, compare_points);
    cost_weigh(points, r->count, weights);
    gsl_ran_discrete_t *models = weigh_models(points, r->count);
    cost_fit_best(points, r->count, &out->fit);
    out->drift = drift_of(points, r->count);
    for (size_t t = 0; t < tries; t++)
        predicted[t] = draw(random, models, r, points, weights, drawn, out);
    sort_values(predicted, tries);
    out->estimate = cost_fit_at(&out->fit, r->rows);
    out->low = fmin(quantile_of_sorted(predicted, tries, 0.025), out->estimate);
    out->high = fmax(quantile_of_sorted(predicted, tries, 0.975), out->estimate);
    gsl_ran_discrete_free(models);
    gsl_rng_free(random);
    free(predicted);
    free(weights);
    free(drawn);
    free(points);
}
