/*
 * The timings of a comparison: pairs of upgrades, and what each step of them took. Turns them into
 * the measures that src/statistics/decision.h decides upon.
 *
 * Three kinds: the whole process, the upgrade from its first step on, and each step. The first two
 * are ratios; a step counts by what it adds to the whole upgrade, since a step of a millisecond
 * that takes two does not matter: its boundary is the threshold's share of the base's upgrade.
 */
#pragma once
#include "measures/comparisons/bench.h"
#include "statistics/decision.h"

struct time_measure {
    char *name; /* "the whole run", "the upgrade", "step 4 Adding …" */
    bool is_step;
    double *base, *candidate; /* seconds, one for each pair */
    double *values;           /* log ratios, or shares of the base's upgrade */
};

/* Zero-initialised it is empty and valid. */
struct time_series {
    struct time_measure *measures;
    size_t measure_count;
    size_t pairs;
};

/* The first pair says which steps there are; steps with other titles later count together. */
void time_series_add(struct time_series *s, const struct timing *base,
                     const struct timing *candidate);

/*
 * Computes the values and fills one decision_measure for each measure; they point into `s` until
 * the next pair is added. The caller frees them.
 */
struct decision_measure *time_series_measures(struct time_series *s, double threshold);

/* The estimate as a share: 0.3 is "30 % more", for ratios as for steps. */
double time_share(const struct time_measure *m, double value);

void time_series_release(struct time_series *s);
