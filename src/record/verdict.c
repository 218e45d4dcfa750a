#include "record/verdict.h"

static enum verdict judge(size_t checks, size_t passed, size_t findings)
{
    if (findings)
        return VERDICT_FINDINGS;
    return checks && passed == checks ? VERDICT_PASSED : VERDICT_UNCHECKED;
}

enum verdict verdict_of_scenario(const struct scenario_record *s)
{
    return judge(scenario_count_checks(s), scenario_count_outcome(s, OUTCOME_PASSED),
                 scenario_count_outcome(s, OUTCOME_FINDING));
}

enum verdict verdict_of_run(const struct run_record *r)
{
    enum verdict verdict = judge(record_count_checks(r), record_count_outcome(r, OUTCOME_PASSED),
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
