#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>

#include "../support/testing.h"
#include "statistics/cost_fit.h"

enum { SIZES = 5, TIMES = 5, POINTS = SIZES * TIMES };

static int set_up(void **state)
{
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(random, 20020101);
    *state = random;
    return 0;
}

static int tear_down(void **state)
{
    gsl_rng_free(*state);
    return 0;
}

static double truth(enum cost_model model, double rows)
{
    struct cost_fit fit = {
        .model = model, .constant = 0.05, .slope = model == COST_LINEAR ? 1e-5 : 8e-7};
    return cost_fit_at(&fit, rows);
}

static void time_all(gsl_rng *random, enum cost_model model, double noise,
                     struct forecast_point *points)
{
    for (size_t i = 0; i < POINTS; i++) {
        double rows = 20000 / pow(2, (double)(i / TIMES));
        double off = noise > 0 ? exp(gsl_ran_gaussian(random, noise)) : 1;
        points[i] = (struct forecast_point){rows, truth(model, rows) * off};
    }
}

static void test_exact(void **state)
{
    struct forecast_point points[POINTS];
    struct cost_fit fit;
    for (enum cost_model model = COST_CONSTANT; model <= COST_LINEARITHMIC; model++) {
        time_all(*state, model, 0, points);
        cost_fit_best(points, POINTS, &fit);
        assert_int_equal(fit.model, model);
        assert_float_equal(fit.constant, 0.05, 1e-9);
        assert_float_equal(cost_fit_at(&fit, 200000), truth(model, 200000), 1e-6);
    }
}

/* What falls with the rows, or would begin below 0, is fitted without a negative coefficient. */
static void test_not_negative(void **state)
{
    (void)state;
    const struct forecast_point falls[] = {{100, 5}, {200, 4}, {400, 3}, {800, 2}};
    const struct forecast_point late[] = {{100, 1}, {200, 3}, {400, 7}, {800, 15}};
    struct cost_fit fit;
    cost_fit_model(falls, 4, COST_LINEAR, &fit);
    assert_float_equal(fit.slope, 0, 1e-12);
    assert_true(fit.constant > 2 && fit.constant < 5);
    cost_fit_model(late, 4, COST_LINEAR, &fit);
    assert_float_equal(fit.constant, 0, 1e-12);
    assert_true(fit.slope > 0.01);
}

static void test_two_sizes_carry_no_slope(void **state)
{
    (void)state;
    const struct forecast_point points[] = {{100, 1},   {100, 1.1}, {100, 0.9}, {200, 2},
                                            {200, 2.1}, {200, 1.9}, {200, 2}};
    const struct forecast_point *one = points;
    struct cost_prediction p;
    cost_predict(
        &(struct fit_request){
            .parts = &one, .part_count = 1, .count = 7, .rows = 300, .resamples = 500, .seed = 1},
        &p);
    assert_int_equal(p.fit.model, COST_CONSTANT);
    assert_true(p.low <= p.estimate && p.high >= p.estimate);
}

/* What an upgrade might be made of, and how its timings might scatter. */
struct world {
    const char *name;
    double constant, linear, linearithmic; /* seconds; for a row; for n log2(n + 1) */
    double noise;                          /* standard deviation of each part's logarithm */
    double disturbed;                      /* share of the timings that take up to twice as long */
};

enum { PARTS = 3, ROUNDS = 9, SURVEYED = SIZES * ROUNDS };

/* A run: its parts in seconds, and their sum. */
static double time_once(gsl_rng *random, const struct world *w, double rows, bool calm,
                        double *parts)
{
    const double truths[PARTS] = {w->constant, w->linear * rows,
                                  w->linearithmic * rows * log2(rows + 1)};
    double sum = 0, all = exp(gsl_ran_gaussian(random, w->noise));
    if (gsl_rng_uniform(random) < w->disturbed && !calm)
        all *= 1 + gsl_rng_uniform(random);
    for (size_t i = 0; i < PARTS; i++)
        sum += parts[i] = truths[i] * all * exp(gsl_ran_gaussian(random, w->noise / 2));
    return sum;
}

/* A survey up to 20,000 rows: the whole, and each part that there is. */
struct survey {
    struct forecast_point whole[SURVEYED], points[PARTS][SURVEYED];
    const struct forecast_point *parts[PARTS], *one;
    size_t part_count;
};

static void make_survey(struct survey *s, gsl_rng *random, const struct world *w)
{
    double seconds[PARTS];
    s->part_count = 0;
    s->one = s->whole;
    for (size_t i = 0; i < SURVEYED; i++) {
        double rows = 20000 / pow(2, (double)(i % SIZES));
        s->whole[i] = (struct forecast_point){rows, time_once(random, w, rows, false, seconds)};
        for (size_t p = 0; p < PARTS; p++)
            s->points[p][i] = (struct forecast_point){rows, seconds[p]};
    }
    for (size_t p = 0; p < PARTS; p++)
        if (s->points[p][0].seconds > 0)
            s->parts[s->part_count++] = s->points[p];
}

/* How many surveys, asked for 200,000 rows, contained a run there; by parts or as one. */
static size_t count_covered(gsl_rng *random, const struct world *w, size_t surveys, bool by_parts,
                            double *width)
{
    struct survey s;
    size_t covered = 0;
    double unused[PARTS];
    *width = 0;
    for (size_t t = 0; t < surveys; t++) {
        make_survey(&s, random, w);
        const struct fit_request request = {.parts = by_parts ? s.parts : &s.one,
                                            .part_count = by_parts ? s.part_count : 1,
                                            .count = SURVEYED,
                                            .rows = 200000,
                                            .resamples = 200,
                                            .seed = t};
        struct cost_prediction p;
        cost_predict(&request, &p);
        double run = time_once(random, w, 200000, true, unused);
        covered += run >= p.low && run <= p.high;
        *width += (p.high - p.low) / p.estimate / (double)surveys;
    }
    return covered;
}

/* The interval at ten times the largest size contains what a run there takes, and is of use. */
static void test_coverage(void **state)
{
    static const struct world worlds[] = {
        {"constant", 0.05, 0, 0, 0.03, 0},
        {"linear", 0, 1.4e-6, 0, 0.03, 0},
        {"constant and linear", 0.03, 1.4e-6, 0, 0.03, 0},
        {"constant and linear, restless", 0.03, 1.4e-6, 0, 0.1, 0},
        {"constant and n log n", 0.03, 0, 8e-8, 0.03, 0},
        {"constant and n log n, restless", 0.03, 0, 8e-8, 0.08, 0},
        {"all three", 0.03, 1e-6, 3e-8, 0.03, 0},
        {"one in ten disturbed", 0.03, 1.4e-6, 0, 0.03, 0.1},
        {"a slope that only its part shows", 0.4, 1.4e-6, 0, 0.1, 0},
    };
    const size_t surveys = 300, count = sizeof worlds / sizeof *worlds;
    for (size_t i = 0; i < count; i++)
        for (int by_parts = 0; by_parts < 2; by_parts++) {
            if (i == count - 1 && !by_parts)
                continue;
            double width;
            size_t covered = count_covered(*state, &worlds[i], surveys, by_parts, &width);
            print_message("# %s, %s: %zu of %zu covered, %.0f %% wide\n", worlds[i].name,
                          by_parts ? "by parts" : "as one", covered, surveys, 100 * width);
            assert_true(covered * 10 >= surveys * 9);
            assert_true(worlds[i].noise > 0.03 || width < 0.6);
        }
}

/* What is wrong with the points is not mended by an interval around them: it has to be told. */
static void test_doubt_widens(void **state)
{
    struct forecast_point points[POINTS];
    const struct forecast_point *one = points;
    struct cost_prediction sure, unsure, inside;
    time_all(*state, COST_LINEAR, 0.03, points);
    struct fit_request request = {
        .parts = &one, .part_count = 1, .count = POINTS, .rows = 200000, .seed = 1};
    cost_predict(&request, &sure);
    request.doubt = 0.25;
    cost_predict(&request, &unsure);
    assert_true(unsure.low < sure.low && unsure.high > sure.high);
    assert_true(unsure.estimate == sure.estimate);
    request.rows = 20000; /* measured: nothing there to doubt */
    cost_predict(&request, &inside);
    assert_true(inside.high - inside.low < 0.25 * inside.estimate);
}

/* Noise does not make n log n of what is linear, and sorting is still recognised as such. */
static void test_simpler_model(void **state)
{
    struct forecast_point points[POINTS];
    struct cost_fit fit;
    size_t linear = 0, linearithmic = 0;
    for (int i = 0; i < 200; i++) {
        time_all(*state, COST_LINEAR, 0.05, points);
        cost_fit_best(points, POINTS, &fit);
        linear += fit.model == COST_LINEAR;
        time_all(*state, COST_LINEARITHMIC, 0.01, points);
        cost_fit_best(points, POINTS, &fit);
        linearithmic += fit.model == COST_LINEARITHMIC;
    }
    print_message("# linear %zu, n log n %zu of 200\n", linear, linearithmic);
    assert_true(linear >= 170);
    assert_true(linearithmic >= 170);
}

static void test_same_seed(void **state)
{
    struct forecast_point points[POINTS];
    const struct forecast_point *one = points;
    struct cost_prediction a, b;
    time_all(*state, COST_LINEAR, 0.05, points);
    const struct fit_request request = {
        .parts = &one, .part_count = 1, .count = POINTS, .rows = 1e6, .resamples = 300, .seed = 5};
    cost_predict(&request, &a);
    cost_predict(&request, &b);
    assert_true(a.low == b.low && a.high == b.high);
    assert_true(a.low < a.estimate && a.estimate < a.high);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_exact, set_up, tear_down),
        cmocka_unit_test(test_not_negative),
        cmocka_unit_test(test_two_sizes_carry_no_slope),
        cmocka_unit_test_setup_teardown(test_coverage, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_doubt_widens, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_simpler_model, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_same_seed, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("cost models", tests, NULL, NULL) ? 1 : 0;
}
