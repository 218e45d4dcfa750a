/*
 * How a time grows with the number of rows, and what it will be with more of them.
 *
 * Three models: a, a + b n, a + b n log2 n, neither a nor b negative. Timings scatter in proportion
 * to their size, so each point weighs as the inverse square of its size's median (weighted least
 * squares; Draper & Smith 1998, "Applied Regression Analysis", chapter 9). The model is the one
 * with the least AICc (Hurvich & Tsai 1989, "Regression and time series model selection in small
 * samples"), which takes a richer one only where the data carry it. Linear and n log n have as many
 * coefficients and lie close together; n log n has a handicap, since what a migration does to a
 * table is mostly to scan it.
 *
 * The interval is a bootstrap over runs and models: runs are drawn again at each size, the models
 * by their Akaike weights (Burnham & Anderson 2002, "Model Selection and Multimodel Inference"),
 * and the scatter of one run is added (Efron & Tibshirani 1993, chapter 9). Beyond the largest size
 * a further share for every doubling is added, since caches and sorts end somewhere: what the fit
 * without the largest size was wrong by when asked for the largest, and at least a few per cent.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/cost_record.h"

enum { COST_LEAST_SIZES = 3 };

struct cost_fit {
    enum cost_model model;
    double constant, slope; /* seconds; seconds for each unit of the model's term */
    double residual;        /* standard deviation of the residuals, as a share of the fit */
    double criterion;       /* AICc, n log n's with its handicap: less is better */
};

/* "constant", "linear", "n log n" */
const char *cost_model_name(enum cost_model model);

double cost_fit_at(const struct cost_fit *fit, double rows);

/* The sum of the steps' fits; where one of them is called "upgrade", it is the whole. */
double cost_steps_at(const struct forecast_record *f, double rows);

/* Points in any order, several at a size; rows and seconds more than 0; 3 points or more. */
void cost_fit_model(const struct forecast_point *points, size_t count, enum cost_model model,
                    struct cost_fit *fit);

/* The same with weights of one's own: cost_weigh() fills in those of above. */
void cost_weigh(const struct forecast_point *points, size_t count, double *weights);
void cost_fit_weighted(const struct forecast_point *points, const double *weights, size_t count,
                       enum cost_model model, struct cost_fit *fit);

size_t cost_count_sizes(const struct forecast_point *points, size_t count);

/* The best of the three. A richer model than the constant needs COST_LEAST_SIZES. */
void cost_fit_best(const struct forecast_point *points, size_t count, struct cost_fit *fit);

/*
 * An upgrade is the sum of its parts: each has a fit of its own, and what is foretold is their sum.
 * A part that grows shows so in its own timings, where the whole's noise would hide it.
 */
struct fit_request {
    const struct forecast_point *const *parts; /* the same run at the same place in each */
    size_t part_count;                         /* 1 or more */
    size_t count;                              /* points in each part */
    double rows;
    double doubt;      /* a further share, of what is added beyond the largest size; usually 0 */
    double most_drift; /* a share for every doubling that is not exceeded; 0: none. With few runs at
                          sizes far apart the error at the largest is mostly scatter */
    size_t resamples;  /* 0: 1999 */
    uint64_t seed;     /* the same one gives the same interval */
};

struct cost_prediction {
    double estimate, low, high; /* of one run at `rows`; low and high enclose it in 95 of 100 */
    double residual;            /* standard deviation of the whole's residuals, as a share */
    double drift;               /* the share that was added for every doubling */
    struct cost_fit fit;        /* of the first part */
};

void cost_predict(const struct fit_request *request, struct cost_prediction *out);
