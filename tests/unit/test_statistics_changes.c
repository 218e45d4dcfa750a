#include "statistics/change_points.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>

#include "../support/testing.h"
#include "statistics/quantile.h"

struct ground {
    gsl_rng *random;
    struct change_point *found;
};

static int set_up(void **state)
{
    struct ground *g = calloc(1, sizeof *g);
    g->random = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(g->random, 20260301);
    *state = g;
    return 0;
}

static int tear_down(void **state)
{
    struct ground *g = *state;
    gsl_rng_free(g->random);
    free(g->found);
    free(g);
    return 0;
}

static size_t changes_of(struct ground *g, const double *values, size_t count)
{
    free(g->found);
    return change_points(values, count, NULL, &g->found);
}

/* What timings look like: skewed noise, and now and then a run that was disturbed. */
static double timing(struct ground *g, double level, double noise)
{
    double value = level * exp(gsl_ran_gaussian(g->random, noise));
    return gsl_rng_uniform(g->random) < 0.05 ? value * (1.5 + gsl_rng_uniform(g->random)) : value;
}

static void test_quantiles(void **state)
{
    (void)state;
    const double values[] = {4, 1, 3, 2};
    assert_float_equal(median(values, 4), 2.5, 1e-12);
    assert_float_equal(quantile(values, 4, 0.25), 1.75, 1e-12); /* Hyndman & Fan's seventh */
    assert_float_equal(quantile(values, 4, 1), 4, 1e-12);
    assert_float_equal(median(values, 1), 4, 1e-12);
}

static void test_counter_that_grew(void **state)
{
    struct ground *g = *state;
    const double values[] = {100, 100, 100, 100, 130, 130, 130};
    assert_int_equal(changes_of(g, values, 7), 1);
    assert_int_equal(g->found[0].index, 4);
    assert_float_equal(g->found[0].before, 100, 1e-9);
    assert_float_equal(g->found[0].after, 130, 1e-9);
    assert_float_equal(g->found[0].ratio, 1.3, 1e-9);
}

/* Up, down again, and each told. */
static void test_two_changes(void **state)
{
    struct ground *g = *state;
    const double values[] = {10, 10.1, 9.9, 10, 15, 15.2, 14.9, 15.1, 10, 10.1, 9.9, 10.05};
    assert_int_equal(changes_of(g, values, 12), 2);
    assert_int_equal(g->found[0].index, 4);
    assert_int_equal(g->found[1].index, 8);
    assert_true(g->found[0].ratio > 1.4 && g->found[1].ratio < 0.7);
}

static void test_too_small_or_too_short(void **state)
{
    struct ground *g = *state;
    const double small[] = {100, 100, 100, 100, 108, 108, 108, 108};
    const double unconfirmed[] = {100, 100, 100, 100, 100, 150, 150};
    const double outlier[] = {100, 101, 99, 100, 400, 101, 100, 99, 100};
    assert_int_equal(changes_of(g, small, 8), 0);
    assert_null(g->found);
    assert_int_equal(changes_of(g, unconfirmed, 7), 0);
    assert_int_equal(changes_of(g, outlier, 9), 0);
    assert_int_equal(changes_of(g, small, 0), 0);
    assert_int_equal(changes_of(g, small, 1), 0);
}

static void test_zeros(void **state)
{
    struct ground *g = *state;
    const double none[] = {0, 0, 0, 0, 0, 0}, some[] = {0, 0, 0, 5, 5, 5};
    assert_int_equal(changes_of(g, none, 6), 0);
    assert_int_equal(changes_of(g, some, 6), 1);
    assert_float_equal(g->found[0].ratio, 6, 1e-9);
}

static void test_long_series(void **state)
{
    struct ground *g = *state;
    enum { COUNT = 1200 };
    double *values = test_calloc(COUNT, sizeof *values);
    for (size_t i = 0; i < COUNT; i++)
        values[i] = timing(g, i < 1100 ? 1.0 : 1.4, 0.05);
    size_t changes = changes_of(g, values, COUNT);
    test_free(values);
    assert_int_equal(changes, 1);
    assert_true(g->found[0].index >= 1097 && g->found[0].index <= 1103);
}

/* Steady series of all lengths: at most 1 in 100 is said to change. */
static void test_false_alarms(void **state)
{
    struct ground *g = *state;
    const double noises[] = {0.02, 0.05, 0.10, 0.20};
    const size_t lengths[] = {6, 12, 30, 100};
    double values[100];
    bool too_many = false;
    for (size_t n = 0; n < 4; n++)
        for (size_t l = 0; l < 4; l++) {
            size_t alarms = 0, tries = lengths[l] > 50 ? 300 : 1000;
            for (size_t t = 0; t < tries; t++) {
                for (size_t i = 0; i < lengths[l]; i++)
                    values[i] = timing(g, 0.2, noises[n]);
                alarms += changes_of(g, values, lengths[l]) > 0;
            }
            print_message("# noise %g, %zu runs: %zu alarms in %zu\n", noises[n], lengths[l],
                          alarms, tries);
            too_many |= alarms * 100 > tries;
        }
    assert_false(too_many);
}

static void test_power(void **state)
{
    struct ground *g = *state;
    double values[30];
    size_t seen = 0, in_place = 0;
    for (size_t t = 0; t < 200; t++) {
        for (size_t i = 0; i < 30; i++)
            values[i] = timing(g, i < 22 ? 0.2 : 0.26, 0.05);
        if (changes_of(g, values, 30) == 0)
            continue;
        seen++;
        in_place += g->found[0].index + 1 >= 22 && g->found[0].index <= 23;
    }
    print_message("# 30 %% slower: %zu of 200 seen, %zu in place\n", seen, in_place);
    assert_true(seen >= 190);
    assert_true(in_place >= 170);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantiles),
        cmocka_unit_test_setup_teardown(test_counter_that_grew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_two_changes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_too_small_or_too_short, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_zeros, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_long_series, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_false_alarms, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_power, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("change points", tests, NULL, NULL) ? 1 : 0;
}
