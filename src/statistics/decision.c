#include "statistics/decision.h"

#include "base/memory.h"

static const double usual_alpha = 0.05;

void decision_rule_init(struct decision_rule *rule, double threshold, size_t most, uint64_t seed)
{
    *rule = (struct decision_rule){.threshold = threshold, .alpha = usual_alpha, .seed = seed};
    for (size_t part = 1u << (DECISION_LOOKS - 1); part > 0; part /= 2)
        if (most / part >= DECISION_LEAST_PAIRS || part == 1)
            rule->looks[rule->look_count++] = most / part;
}

/* Marks what is above its boundary; whether all are below theirs. */
static enum decision judge(const struct decision_rule *rule, double alpha, uint64_t seed,
                           struct decision_measure *measures, size_t count, size_t pairs)
{
    double *p = memory_zeroed(count, sizeof *p), *adjusted = memory_zeroed(count, sizeof *adjusted);
    bool all_below = true, alarm = false;
    for (size_t i = 0; i < count; i++) {
        struct decision_measure *m = &measures[i];
        struct paired_request request = {.values = m->values,
                                         .count = pairs ? pairs : m->count,
                                         .boundary = m->boundary,
                                         .alpha = alpha,
                                         .resamples = rule->resamples,
                                         .seed = seed};
        paired_estimate(&request, &m->result);
        p[i] = m->result.p_above;
        all_below = all_below && m->result.high < m->boundary;
    }
    holm_adjust(p, count, adjusted);
    for (size_t i = 0; i < count; i++) {
        measures[i].alarm = adjusted[i] <= alpha;
        alarm = alarm || measures[i].alarm;
    }
    free(adjusted);
    free(p);
    return alarm ? DECISION_ALARM : all_below ? DECISION_FINE : DECISION_UNDECIDED;
}

enum decision decision_look(const struct decision_rule *rule, size_t look,
                            struct decision_measure *measures, size_t count)
{
    double alpha = (rule->alpha > 0 ? rule->alpha : usual_alpha) / (double)rule->look_count;
    enum decision found = judge(rule, alpha, rule->seed + look, measures, count, rule->looks[look]);
    bool last = look + 1 >= rule->look_count;
    return found == DECISION_UNDECIDED && !last ? DECISION_GO_ON : found;
}

size_t decision_confirmation(const struct decision_rule *rule, size_t look)
{
    size_t most = rule->looks[rule->look_count - 1], twice = 2 * rule->looks[look];
    return twice < most ? twice : most;
}

enum decision decision_confirm(const struct decision_rule *rule, struct decision_measure *measures,
                               size_t count)
{
    double alpha = rule->alpha > 0 ? rule->alpha : usual_alpha;
    return judge(rule, alpha, rule->seed + DECISION_LOOKS, measures, count, 0);
}
