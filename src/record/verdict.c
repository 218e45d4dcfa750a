#include "record/verdict.h"

static enum verdict judge(size_t checks, size_t passed, size_t findings)
{
    if (findings)
        return VERDICT_FINDINGS;
    return checks && passed == checks ? VERDICT_PASSED : VERDICT_UNCHECKED;
}

/* Checks that could not be made, and would not have been a reason against the migration. */
static size_t count_dispensable(const struct scenario_record *s)
{
    size_t count = 0;
    for (size_t i = 0; i < s->step_count; i++)
        for (size_t j = 0; j < s->steps[i].check_count; j++) {
            const struct check *c = &s->steps[i].checks[j];
            count += c->outcome == OUTCOME_NOT_RUN && c->level != LEVEL_FINDING;
        }
    return count;
}

enum verdict verdict_of_scenario(const struct scenario_record *s)
{
    return judge(scenario_count_checks(s) - count_dispensable(s),
                 scenario_count_outcome(s, OUTCOME_PASSED),
                 scenario_count_outcome(s, OUTCOME_FINDING));
}

enum verdict verdict_of_run(const struct run_record *r)
{
    size_t checks = record_count_checks(r);
    for (size_t i = 0; i < r->scenario_count; i++)
        checks -= count_dispensable(&r->scenarios[i]);
    enum verdict verdict = judge(checks, record_count_outcome(r, OUTCOME_PASSED),
                                 record_count_outcome(r, OUTCOME_FINDING));
    /* a scenario without a single check has shown nothing */
    for (size_t i = 0; i < r->scenario_count; i++)
        if (verdict == VERDICT_PASSED)
            verdict = verdict_of_scenario(&r->scenarios[i]);
    if (verdict == VERDICT_PASSED && (r->error || r->interrupted))
        verdict = VERDICT_UNCHECKED;
    return verdict;
}

const char *verdict_name(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_PASSED:
        return "passed";
    case VERDICT_FINDINGS:
        return "findings";
    case VERDICT_UNCHECKED:
        break;
    }
    return "could not check";
}
