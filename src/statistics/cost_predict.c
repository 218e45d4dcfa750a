/* The interval of a prediction: see cost_fit.h. */
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

#include "base/memory.h"
#include "statistics/cost_sample.h"
#include "statistics/quantile.h"

static const size_t usual_resamples = 1999;
static const double least_drift = 0.025; /* for a doubling; benchmarks/forecast measures it */

static double rows_at(const struct cost_sample *s, size_t i)
{
    return s->parts[0].points[i].rows;
}

/* How wrong, for a doubling, the fits to the smaller sizes are at the largest one. */
static double drift_of(const struct cost_sample *s)
{
    size_t smaller = 0, next = 0;
    while ((next = cost_sample_next(s, next)) < s->count)
        smaller = next; /* where the largest size begins */
    if (smaller < 6)
        return least_drift;
    const struct forecast_point **parts = memory_zeroed(s->part_count, sizeof *parts);
    struct cost_sample without;
    for (size_t p = 0; p < s->part_count; p++)
        parts[p] = s->parts[p].points;
    cost_sample_init(&without, parts, s->part_count, smaller);
    size_t at_largest = s->count - smaller;
    double fitted = fmax(cost_sample_at(&without, rows_at(s, smaller)), 1e-9);
    double off = log(fmax(median(s->whole + smaller, at_largest), 1e-9) / fitted);
    /* what scatter alone would do: a median's and a fit's variance, roughly */
    double scatter = 4 * without.residual * without.residual / (double)at_largest;
    double doublings = log2(rows_at(s, smaller) / rows_at(s, smaller - 1));
    cost_sample_release(&without);
    free(parts);
    return fmax(sqrt(fmax(off * off - scatter, 0)) / fmax(doublings, 1), least_drift);
}

/* Draws every run again among those of its size: where it is. */
static void draw_runs(gsl_rng *random, const struct cost_sample *s, size_t *drawn)
{
    for (size_t first = 0, next; first < s->count; first = next) {
        next = cost_sample_next(s, first);
        for (size_t i = first; i < next; i++)
            drawn[i] = first + gsl_rng_uniform_int(random, next - first);
    }
}

/* What the bootstrap works with. */
struct draws {
    gsl_rng *random;
    size_t *runs;
    struct forecast_point *points;
};

/* A part's fit to the runs that were drawn, at both sizes. */
static void fit_part(const struct draws *d, const struct cost_part *p, size_t count, double luck,
                     const double rows[2], double sums[2])
{
    struct cost_fit fit;
    enum cost_model model = COST_CONSTANT;
    while (model < COST_LINEARITHMIC && luck > p->odds[model])
        model++;
    for (size_t i = 0; i < count; i++)
        d->points[i] = p->points[d->runs[i]];
    cost_fit_weighted(d->points, p->weights, count, model, &fit);
    for (int i = 0; i < 2; i++)
        sums[i] += cost_fit_at(&fit, rows[i]);
}

/*
 * What one run might take: other runs drawn, other models, another share, the scatter of a run. One
 * luck chooses all models, since what makes one part look simpler than it is does so to the others.
 */
static double draw(const struct draws *d, const struct fit_request *r, const struct cost_sample *s,
                   double drift)
{
    double largest = rows_at(s, s->count - 1), doublings = fmax(log2(r->rows / largest), 0);
    const double rows[2] = {fmin(r->rows, largest), r->rows};
    double sums[2] = {0}, luck = gsl_rng_uniform(d->random);
    draw_runs(d->random, s, d->runs);
    for (size_t p = 0; p < s->part_count; p++)
        fit_part(d, &s->parts[p], s->count, luck, rows, sums);
    double scatter = gsl_ran_tdist(d->random, (double)s->count - 2) * s->residual;
    double off =
        gsl_ran_gaussian(d->random, doublings > 0 ? hypot(drift * doublings, r->doubt) : 0);
    /* only what comes beyond the largest size can drift */
    return (sums[0] + (sums[1] - sums[0]) * exp(off)) * exp(scatter);
}

void cost_predict(const struct fit_request *r, struct cost_prediction *out)
{
    size_t tries = r->resamples ? r->resamples : usual_resamples;
    double *predicted = memory_zeroed(tries, sizeof *predicted);
    struct cost_sample s;
    struct draws d = {.random = gsl_rng_alloc(gsl_rng_mt19937),
                      .runs = memory_zeroed(r->count, sizeof *d.runs),
                      .points = memory_zeroed(r->count, sizeof *d.points)};
    gsl_rng_set(d.random, (unsigned long)(r->seed & 0xffffffff) + 1);
    cost_sample_init(&s, r->parts, r->part_count, r->count);
    *out = (struct cost_prediction){.fit = s.parts[0].fit,
                                    .residual = s.residual,
                                    .drift = drift_of(&s),
                                    .estimate = cost_sample_at(&s, r->rows)};
    if (r->most_drift > 0)
        out->drift = fmin(out->drift, r->most_drift);
    for (size_t t = 0; t < tries; t++)
        predicted[t] = draw(&d, r, &s, out->drift);
    sort_values(predicted, tries);
    out->low = fmin(quantile_of_sorted(predicted, tries, 0.025), out->estimate);
    out->high = fmax(quantile_of_sorted(predicted, tries, 0.975), out->estimate);
    cost_sample_release(&s);
    gsl_rng_free(d.random);
    free(d.points);
    free(d.runs);
    free(predicted);
}
