/*
 * Whether one of two became slower: a test in steps, with a fixed maximum and honest about it.
 *
 * The pairs are looked at a few times, at numbers fixed beforehand; the error rate is divided by
 * the number of looks (Bonferroni; a plain form of alpha spending, Lan & DeMets 1983), and at each
 * look among the measures (Holm 1979). So under "nothing is slower by more than the threshold" an
 * alarm is given with a probability of at most alpha in all, however many looks and measures there
 * are. An alarm is not a verdict: fresh pairs have to confirm it, tested again at alpha.
 * "Fine" needs no such division: it is said when the interval of every measure ends below the
 * threshold.
 */
#pragma once
#include <stdbool.h>

#include "statistics/paired.h"

enum { DECISION_LOOKS = 4, DECISION_LEAST_PAIRS = 8 };

struct decision_rule {
    double threshold; /* 0.10: a slowdown of up to 10 % is tolerated */
    double alpha;     /* 0: 0.05 */
    uint64_t seed;
    size_t resamples;             /* of each interval; 0: 9999 */
    size_t looks[DECISION_LOOKS]; /* numbers of pairs, increasing */
    size_t look_count;
};

/* Looks at an eighth, a quarter, a half and all of `most` pairs, none with less than the least. */
void decision_rule_init(struct decision_rule *rule, double threshold, size_t most, uint64_t seed);

/* One thing that is timed: a value for each pair. */
struct decision_measure {
    const double *values;
    size_t count;
    double boundary;               /* the threshold on the scale of the values */
    struct paired_estimate result; /* as of the last look */
    bool alarm;                    /* it is above the boundary */
};

enum decision {
    DECISION_GO_ON,     /* more pairs are needed */
    DECISION_FINE,      /* every measure is below its boundary */
    DECISION_ALARM,     /* at least one is above; to be confirmed */
    DECISION_UNDECIDED, /* the last look said neither */
};

/* Look number `look` (from 0); every measure has rule->looks[look] values or more. */
enum decision decision_look(const struct decision_rule *rule, size_t look,
                            struct decision_measure *measures, size_t count);

/* How many fresh pairs a confirmation takes: twice as many as gave the alarm, up to the maximum. */
size_t decision_confirmation(const struct decision_rule *rule, size_t look);

/*
 * On fresh pairs, with only those measures that had the alarm: DECISION_ALARM confirms it,
 * DECISION_FINE takes it back, otherwise DECISION_UNDECIDED.
 */
enum decision decision_confirm(const struct decision_rule *rule, struct decision_measure *measures,
                               size_t count);
