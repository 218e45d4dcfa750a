/*
 * The timings of an upgrade and its parts, made ready to be fitted and drawn from: sorted by size,
 * disturbed ones brought back, weighed, each part with its best fit and the odds of the models.
 */
#pragma once
#include "statistics/cost_fit.h"

enum { COST_MODELS = COST_LINEARITHMIC + 1 };

struct cost_part {
    struct forecast_point *points;
    double *weights;
    struct cost_fit fit;
    double odds[COST_MODELS]; /* that it is this model or a simpler one; the last is 1 */
};

struct cost_sample {
    struct cost_part *parts;
    size_t part_count, count; /* as many points in each part, of the same runs */
    double *whole;            /* seconds of each run: the sum of its parts */
    double residual;          /* of the whole, as a share of the sum of the fits */
};

/* `parts`: arrays of `count` points each, the same run at the same place. */
void cost_sample_init(struct cost_sample *s, const struct forecast_point *const *parts,
                      size_t part_count, size_t count);

/* The first point after `first` of another size; `count` after the last. */
size_t cost_sample_next(const struct cost_sample *s, size_t first);

/* The sum of the fits. */
double cost_sample_at(const struct cost_sample *s, double rows);

void cost_sample_release(struct cost_sample *s);
