#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>

#include "../support/testing.h"
#include "cost_fit.h"

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
    struct cost_prediction p;
    cost_predict(points, 7, 300, 500, 1, &p);
    assert_int_equal(p.fit.model, COST_CONSTANT);
    assert_true(p.low <= p.estimate && p.high >= p.estimate);
}

/* The interval at ten times the largest size contains what a run there takes. */
static void test_coverage(void **state)
{
    gsl_rng *random = *state;
    struct forecast_point points[POINTS];
    for (enum cost_model model = COST_CONSTANT; model <= COST_LINEARITHMIC; model++)
        for (int k = 0; k < 2; k++) {
            double noise = k ? 0.12 : 0.03, width = 0;
            size_t covered = 0, tries = 60;
            for (size_t t = 0; t < tries; t++) {
                struct cost_prediction p;
                time_all(random, model, noise, points);
                cost_predict(points, POINTS, 200000, 400, t, &p);
                double run = truth(model, 200000) * exp(gsl_ran_gaussian(random, noise));
                covered += run >= p.low && run <= p.high;
                width += (p.high - p.low) / run / (double)tries;
            }
            print_message("# %s, noise %g: %zu of %zu covered, %.0f %% wide\n",
                          cost_model_name(model), noise, covered, tries, 100 * width);
            assert_true(covered * 10 >= tries * 9);
        }
}

static void test_same_seed(void **state)
{
    struct forecast_point points[POINTS];
    struct cost_prediction a, b;
    time_all(*state, COST_LINEAR, 0.05, points);
    cost_predict(points, POINTS, 1e6, 300, 5, &a);
    cost_predict(points, POINTS, 1e6, 300, 5, &b);
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
        cmocka_unit_test_setup_teardown(test_same_seed, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("cost models", tests, NULL, NULL) ? 1 : 0;
}
