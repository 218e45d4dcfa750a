#include "statistics/cost_fit.h"

#include <gsl/gsl_fit.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "record/measure_table.h"
#include "statistics/quantile.h"

static const double least_residual = 1e-4;
static const double handicap = 3; /* of n log n: beforehand it is a fifth as likely as linear */

const char *cost_model_name(enum cost_model model)
{
    static const char *const names[] = {"constant", "linear", "n log n"};
    return names[model];
}

static double term(enum cost_model model, double rows)
{
    if (model == COST_CONSTANT)
        return 0;
    return model == COST_LINEAR ? rows : rows * log2(rows + 1);
}

double cost_fit_at(const struct cost_fit *fit, double rows)
{
    return fit->constant + fit->slope * term(fit->model, rows);
}

double cost_steps_at(const struct forecast_record *f, double rows)
{
    double sum = 0;
    for (size_t i = 0; i < f->step_count; i++) {
        const struct forecast_step *s = &f->steps[i];
        struct cost_fit fit = {.model = s->model, .constant = s->constant, .slope = s->slope};
        if (s->name && strcmp(s->name, measure_name(MEASURE_UPGRADE)) == 0)
            return cost_fit_at(&fit, rows);
        sum += cost_fit_at(&fit, rows);
    }
    return sum;
}

/* The median of the timings at the same size as point `i`. */
static double median_at(const struct forecast_point *points, size_t count, size_t i)
{
    double *same = memory_zeroed(count, sizeof *same);
    size_t found = 0;
    for (size_t j = 0; j < count; j++)
        if (points[j].rows == points[i].rows)
            same[found++] = points[j].seconds;
    double middle = median(same, found);
    free(same);
    return middle;
}

size_t cost_count_sizes(const struct forecast_point *points, size_t count)
{
    size_t sizes = 0;
    for (size_t i = 0; i < count; i++) {
        bool again = false;
        for (size_t j = 0; j < i; j++)
            again = again || points[j].rows == points[i].rows;
        sizes += !again;
    }
    return sizes;
}

void cost_weigh(const struct forecast_point *points, size_t count, double *weights)
{
    for (size_t i = 0; i < count; i++) {
        double middle = fmax(median_at(points, count, i), 1e-9);
        weights[i] = 1 / (middle * middle);
    }
}

/* What the fit needs, as columns. */
struct columns {
    double *x, *y;
    const double *weight;
};

static struct columns make_columns(const struct forecast_point *points, const double *weights,
                                   size_t count, enum cost_model model)
{
    struct columns c = {memory_zeroed(count, sizeof(double)), memory_zeroed(count, sizeof(double)),
                        weights};
    for (size_t i = 0; i < count; i++) {
        c.x[i] = term(model, points[i].rows);
        c.y[i] = points[i].seconds;
    }
    return c;
}

static void release_columns(struct columns *c)
{
    free(c->x);
    free(c->y);
}

static double mean_of(const struct columns *c, size_t count)
{
    double sum = 0, weights = 0;
    for (size_t i = 0; i < count; i++) {
        sum += c->weight[i] * c->y[i];
        weights += c->weight[i];
    }
    return sum / weights;
}

/* Least squares; where a coefficient would be negative it is 0 and the other is fitted alone. */
static void solve(const struct columns *c, size_t count, struct cost_fit *fit)
{
    double constant = 0, slope = 0, unused[4];
    if (fit->model == COST_CONSTANT) {
        constant = mean_of(c, count);
    } else {
        gsl_fit_wlinear(c->x, 1, c->weight, 1, c->y, 1, count, &constant, &slope, &unused[0],
                        &unused[1], &unused[2], &unused[3]);
        if (!(slope >= 0)) {
            slope = 0;
            constant = mean_of(c, count);
        } else if (constant < 0) {
            constant = 0;
            gsl_fit_wmul(c->x, 1, c->weight, 1, c->y, 1, count, &slope, &unused[0], &unused[1]);
        }
    }
    fit->constant = constant;
    fit->slope = slope;
}

void cost_fit_weighted(const struct forecast_point *points, const double *weights, size_t count,
                       enum cost_model model, struct cost_fit *fit)
{
    struct columns c = make_columns(points, weights, count, model);
    double squares = 0, parameters = model == COST_CONSTANT ? 2 : 3, n = (double)count;
    *fit = (struct cost_fit){.model = model};
    solve(&c, count, fit);
    for (size_t i = 0; i < count; i++) {
        double off = c.y[i] - cost_fit_at(fit, points[i].rows);
        squares += c.weight[i] * off * off;
    }
    double freedom = fmax(n - (parameters - 1), 1);
    fit->residual = fmax(sqrt(squares / freedom), least_residual);
    double variance = fmax(squares / n, least_residual * least_residual);
    fit->criterion =
        n * log(variance) + 2 * parameters +
        (n > parameters + 1 ? 2 * parameters * (parameters + 1) / (n - parameters - 1) : INFINITY);
    if (model == COST_LINEARITHMIC)
        fit->criterion += handicap;
    release_columns(&c);
}

void cost_fit_model(const struct forecast_point *points, size_t count, enum cost_model model,
                    struct cost_fit *fit)
{
    double *weights = memory_zeroed(count, sizeof *weights);
    cost_weigh(points, count, weights);
    cost_fit_weighted(points, weights, count, model, fit);
    free(weights);
}

void cost_fit_best(const struct forecast_point *points, size_t count, struct cost_fit *fit)
{
    cost_fit_model(points, count, COST_CONSTANT, fit);
    if (cost_count_sizes(points, count) < COST_LEAST_SIZES)
        return;
    for (enum cost_model model = COST_LINEAR; model <= COST_LINEARITHMIC; model++) {
        struct cost_fit other;
        cost_fit_model(points, count, model, &other);
        if (other.criterion < fit->criterion)
            *fit = other;
    }
}
