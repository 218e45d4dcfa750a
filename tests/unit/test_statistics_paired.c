#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>

#include "../support/testing.h"
#include "statistics/decision.h"

enum { MOST = 80, STEPS = 4 };

static int set_up(void **state)
{
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(random, 19790601);
    *state = random;
    return 0;
}

static int tear_down(void **state)
{
    gsl_rng_free(*state);
    return 0;
}

/* The example of Holm's procedure that every text has; made monotone, capped at 1. */
static void test_holm(void **state)
{
    (void)state;
    const double p[] = {0.01, 0.04, 0.03, 0.005};
    double adjusted[4];
    holm_adjust(p, 4, adjusted);
    assert_float_equal(adjusted[0], 0.03, 1e-12);
    assert_float_equal(adjusted[1], 0.06, 1e-12);
    assert_float_equal(adjusted[2], 0.06, 1e-12);
    assert_float_equal(adjusted[3], 0.02, 1e-12);
    const double large[] = {0.7, 0.9};
    holm_adjust(large, 2, adjusted);
    assert_float_equal(adjusted[0], 1, 1e-12);
    assert_float_equal(adjusted[1], 1, 1e-12);
}

static void test_known_centre(void **state)
{
    (void)state;
    const double values[] = {100, 3, 4, 5, 6, 7, 8, 9, 10, -50};
    struct paired_request request = {
        .values = values, .count = 10, .boundary = 0, .alpha = 0.025, .seed = 7};
    struct paired_estimate found, again;
    paired_estimate(&request, &found);
    assert_float_equal(found.estimate, 6.5, 1e-12); /* of 4 to 9 */
    assert_true(found.low < 6.5 && found.high > 6.5);
    paired_estimate(&request, &again);
    assert_true(found.low == again.low && found.p_above == again.p_above);
}

static void test_no_scatter_and_too_few(void **state)
{
    (void)state;
    const double values[] = {0.2, 0.2, 0.2, 0.2, 0.2, 0.2};
    struct paired_request request = {.values = values, .count = 6, .boundary = 0.1, .alpha = 0.05};
    struct paired_estimate found;
    paired_estimate(&request, &found);
    assert_float_equal(found.low, 0.2, 1e-12);
    assert_true(found.p_above < 0.001);
    assert_true(found.p_below == 1);
    request.count = 5;
    paired_estimate(&request, &found);
    assert_true(isinf(found.low) && isinf(found.high) && found.p_above == 1);
}

/* The interval covers the centre of skewed, disturbed values about as often as it says. */
static void test_coverage(void **state)
{
    gsl_rng *random = *state;
    const size_t counts[] = {10, 20, 40};
    for (size_t k = 0; k < 3; k++) {
        size_t covered = 0, tries = 400;
        double values[40];
        for (size_t t = 0; t < tries; t++) {
            for (size_t i = 0; i < counts[k]; i++) { /* symmetric: the centre is 0.1 */
                double noise = gsl_rng_uniform(random) < 0.1 ? 0.5 : 0.08;
                values[i] = 0.1 + gsl_ran_laplace(random, noise);
            }
            struct paired_request request = {
                .values = values, .count = counts[k], .alpha = 0.025, .resamples = 999, .seed = t};
            struct paired_estimate found;
            paired_estimate(&request, &found);
            covered += found.low <= 0.1 && found.high >= 0.1;
        }
        print_message("# %zu pairs: %zu of %zu intervals cover\n", counts[k], covered, tries);
        assert_true(covered * 100 >= tries * 92);
    }
}

/* An upgrade of STEPS steps, each with its noise, on a machine that others use too. */
static void time_upgrade(gsl_rng *random, double slower, double noise, double *steps, double *total)
{
    double machine = exp(gsl_ran_gaussian(random, noise / 2));
    *total = 0;
    for (size_t i = 0; i < STEPS; i++) {
        double usual = (i == 1 ? 0.6 : 0.4 / (STEPS - 1)) + (i == 1 ? slower : 0);
        steps[i] = usual * machine * exp(gsl_ran_gaussian(random, noise));
        if (gsl_rng_uniform(random) < 0.03) /* it had to wait for the processor */
            steps[i] += 0.3 * gsl_rng_uniform(random);
        *total += steps[i];
    }
}

static void time_pairs(gsl_rng *random, double slower, double noise, size_t from, size_t to,
                       double values[STEPS + 1][MOST])
{
    for (size_t p = from; p < to; p++) {
        double base[STEPS], candidate[STEPS], base_total, candidate_total;
        time_upgrade(random, 0, noise, base, &base_total);
        time_upgrade(random, slower, noise, candidate, &candidate_total);
        values[0][p] = log(candidate_total / base_total);
        for (size_t s = 0; s < STEPS; s++)
            values[s + 1][p] = candidate[s] - base[s];
    }
}

static enum decision decide(gsl_rng *random, double slower, double noise, size_t *pairs)
{
    double values[STEPS + 1][MOST], fresh[STEPS + 1][MOST];
    struct decision_rule rule;
    struct decision_measure measures[STEPS + 1], flagged[STEPS + 1];
    enum decision found = DECISION_GO_ON;
    size_t look = 0;
    *pairs = 0;
    decision_rule_init(&rule, 0.10, MOST, gsl_rng_get(random));
    rule.resamples = 999; /* the tests have no time */
    for (size_t m = 0; m <= STEPS; m++)
        measures[m] =
            (struct decision_measure){.values = values[m], .boundary = m ? 0.10 : log1p(0.10)};
    for (; found == DECISION_GO_ON; look++) {
        time_pairs(random, slower, noise, *pairs, rule.looks[look], values);
        *pairs = rule.looks[look];
        found = decision_look(&rule, look, measures, STEPS + 1);
    }
    if (found != DECISION_ALARM)
        return found;
    size_t count = 0;
    size_t more = decision_confirmation(&rule, look - 1);
    time_pairs(random, slower, noise, 0, more, fresh);
    *pairs += more;
    for (size_t m = 0; m <= STEPS; m++)
        if (measures[m].alarm) {
            flagged[count] = measures[m];
            flagged[count].values = fresh[m];
            flagged[count++].count = more;
        }
    return decision_confirm(&rule, flagged, count);
}

static void count_decisions(gsl_rng *random, double slower, double noise, size_t tries,
                            size_t counts[4])
{
    size_t pairs = 0, sum = 0;
    for (size_t d = 0; d < 4; d++)
        counts[d] = 0;
    for (size_t t = 0; t < tries; t++) {
        counts[decide(random, slower, noise, &pairs)]++;
        sum += pairs;
    }
    print_message("# %+.0f %%, noise %g: %zu fine, %zu regressed, %zu undecided of %zu; "
                  "%.1f pairs each\n",
                  100 * slower, noise, counts[DECISION_FINE], counts[DECISION_ALARM],
                  counts[DECISION_UNDECIDED], tries, (double)sum / (double)tries);
}

static void test_false_alarms(void **state)
{
    size_t counts[4];
    for (int k = 0; k < 2; k++) {
        count_decisions(*state, 0, k ? 0.25 : 0.08, 200, counts);
        assert_true(counts[DECISION_ALARM] * 100 <= 200);
        if (k == 0)
            assert_true(counts[DECISION_FINE] >= 195);
    }
    count_decisions(*state, 0.05, 0.08, 100, counts);
    assert_true(counts[DECISION_ALARM] <= 1);
    assert_true(counts[DECISION_FINE] >= 80);
}

static void test_power(void **state)
{
    size_t counts[4];
    for (int k = 0; k < 2; k++) {
        count_decisions(*state, 0.30, k ? 0.2 : 0.08, 100, counts);
        assert_true(counts[DECISION_ALARM] >= 95);
    }
}

static void test_looks(void **state)
{
    (void)state;
    struct decision_rule rule;
    decision_rule_init(&rule, 0.1, 80, 1);
    assert_int_equal(rule.look_count, 4);
    assert_int_equal(rule.looks[0], 10);
    assert_int_equal(rule.looks[3], 80);
    decision_rule_init(&rule, 0.1, 20, 1);
    assert_int_equal(rule.look_count, 2);
    assert_int_equal(rule.looks[0], 10);
    decision_rule_init(&rule, 0.1, 8, 1);
    assert_int_equal(rule.look_count, 1);
    assert_int_equal(rule.looks[0], 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_holm),
        cmocka_unit_test(test_known_centre),
        cmocka_unit_test(test_no_scatter_and_too_few),
        cmocka_unit_test(test_looks),
        cmocka_unit_test_setup_teardown(test_coverage, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_false_alarms, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_power, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("paired differences", tests, NULL, NULL) ? 1 : 0;
}
