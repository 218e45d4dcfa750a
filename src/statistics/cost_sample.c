#include "statistics/cost_sample.h"

#include <math.h>

#include "base/memory.h"
#include "statistics/quantile.h"

static const double least_linear = 0.1; /* its weight beside the sum of all */
static const double reach = 2.5;        /* standard deviations; what is beyond was disturbed */

size_t cost_sample_next(const struct cost_sample *s, size_t first)
{
    const struct forecast_point *points = s->parts[0].points;
    size_t next = first;
    while (next < s->count && points[next].rows == points[first].rows)
        next++;
    return next;
}

double cost_sample_at(const struct cost_sample *s, double rows)
{
    double sum = 0;
    for (size_t i = 0; i < s->part_count; i++)
        sum += cost_fit_at(&s->parts[i].fit, rows);
    return sum;
}

struct place {
    double rows;
    size_t at;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    if (left->rows != right->rows)
        return left->rows > right->rows ? 1 : -1;
    return (left->at > right->at) - (left->at < right->at);
}

/* Runs stay together: all parts get the same order. */
static void copy_sorted(struct cost_sample *s, const struct forecast_point *const *parts)
{
    struct place *order = memory_zeroed(s->count, sizeof *order);
    for (size_t i = 0; i < s->count; i++)
        order[i] = (struct place){parts[0][i].rows, i};
    qsort(order, s->count, sizeof *order, compare_places);
    for (size_t p = 0; p < s->part_count; p++)
        for (size_t i = 0; i < s->count; i++) {
            s->parts[p].points[i] = parts[p][order[i].at];
            s->whole[i] += parts[p][order[i].at].seconds;
        }
    free(order);
}

/*
 * Runs that were disturbed are brought back to where the others of their size end, by the median
 * absolute deviation.
 */
static void calm(double *seconds, size_t count)
{
    double middle = median(seconds, count), *off = memory_zeroed(count, sizeof *off);
    for (size_t i = 0; i < count; i++)
        off[i] = fabs(seconds[i] - middle);
    double most = reach * 1.4826 * median(off, count);
    for (size_t i = 0; i < count; i++)
        seconds[i] = fmin(fmax(seconds[i], middle - most), middle + most);
    free(off);
}

static void calm_all(struct cost_sample *s)
{
    double *seconds = memory_zeroed(s->count, sizeof *seconds);
    for (size_t first = 0, next; first < s->count; first = next) {
        next = cost_sample_next(s, first);
        calm(s->whole + first, next - first);
        for (size_t p = 0; p < s->part_count; p++) {
            struct forecast_point *points = s->parts[p].points;
            for (size_t i = first; i < next; i++)
                seconds[i - first] = points[i].seconds;
            calm(seconds, next - first);
            for (size_t i = first; i < next; i++)
                points[i].seconds = seconds[i - first];
        }
    }
    free(seconds);
}

/*
 * Akaike weights of the models. A slope that the small sizes do not show may matter at a hundred
 * times as many rows: so the linear model is never quite out of the question.
 */
static void weigh_models(struct cost_part *p, size_t count)
{
    double weights[COST_MODELS] = {1}, least = INFINITY, sum = 0, so_far = 0;
    struct cost_fit fits[COST_MODELS];
    for (size_t m = 0; m < COST_MODELS; m++) {
        cost_fit_weighted(p->points, p->weights, count, (enum cost_model)m, &fits[m]);
        least = fmin(least, fits[m].criterion);
    }
    bool sloped = cost_count_sizes(p->points, count) >= COST_LEAST_SIZES && isfinite(least);
    for (size_t m = 0; m < COST_MODELS && sloped; m++)
        sum += weights[m] = exp((least - fits[m].criterion) / 2);
    if (sloped)
        weights[COST_LINEAR] = fmax(weights[COST_LINEAR], least_linear * sum);
    sum = weights[COST_CONSTANT] + weights[COST_LINEAR] + weights[COST_LINEARITHMIC];
    for (size_t m = 0; m < COST_MODELS; m++)
        p->odds[m] = (so_far += weights[m]) / sum;
}

static double residual_of(const struct cost_sample *s, size_t freedom)
{
    double squares = 0;
    for (size_t i = 0; i < s->count; i++) {
        double fitted = fmax(cost_sample_at(s, s->parts[0].points[i].rows), 1e-9);
        squares += pow(s->whole[i] / fitted - 1, 2);
    }
    return fmax(sqrt(squares / (double)freedom), 1e-4);
}

void cost_sample_init(struct cost_sample *s, const struct forecast_point *const *parts,
                      size_t part_count, size_t count)
{
    *s = (struct cost_sample){.parts = memory_zeroed(part_count, sizeof *s->parts),
                              .part_count = part_count,
                              .count = count,
                              .whole = memory_zeroed(count, sizeof *s->whole)};
    for (size_t p = 0; p < part_count; p++) {
        s->parts[p].points = memory_zeroed(count, sizeof *s->parts[p].points);
        s->parts[p].weights = memory_zeroed(count, sizeof *s->parts[p].weights);
    }
    copy_sorted(s, parts);
    calm_all(s);
    for (size_t p = 0; p < part_count; p++) {
        struct cost_part *part = &s->parts[p];
        cost_weigh(part->points, count, part->weights);
        cost_fit_best(part->points, count, &part->fit);
        weigh_models(part, count);
    }
    s->residual = residual_of(s, count > 2 ? count - 2 : 1);
}

void cost_sample_release(struct cost_sample *s)
{
    for (size_t p = 0; p < s->part_count; p++) {
        free(s->parts[p].points);
        free(s->parts[p].weights);
    }
    free(s->parts);
    free(s->whole);
    *s = (struct cost_sample){0};
}
