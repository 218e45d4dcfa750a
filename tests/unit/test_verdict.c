#include "record/verdict.h"

#include "../support/testing.h"

enum { P = OUTCOME_PASSED, F = OUTCOME_FINDING, E = OUTCOME_ERROR, N = OUTCOME_NOT_RUN, END = -1 };

struct row {
    const char *name;
    int scenarios[3][4]; /* the outcomes of each scenario's checks; a scenario may have none */
    size_t count;        /* of scenarios */
    const char *error;
    bool interrupted;
    enum verdict expected;
};

static const struct row table[] = {
    {"no scenario at all", {{END}}, 0, NULL, false, VERDICT_UNCHECKED},
    {"a scenario without a check", {{END}}, 1, NULL, false, VERDICT_UNCHECKED},
    {"one passed", {{P, END}}, 1, NULL, false, VERDICT_PASSED},
    {"several passed", {{P, P, P, END}, {P, END}}, 2, NULL, false, VERDICT_PASSED},
    {"one passed, another empty", {{P, END}, {END}}, 2, NULL, false, VERDICT_UNCHECKED},
    {"an empty one first", {{END}, {P, END}}, 2, NULL, false, VERDICT_UNCHECKED},
    {"nothing was run", {{N, N, END}}, 1, NULL, false, VERDICT_UNCHECKED},
    {"one was not run", {{P, P, N, END}}, 1, NULL, false, VERDICT_UNCHECKED},
    {"an error", {{P, E, END}}, 1, NULL, false, VERDICT_UNCHECKED},
    {"a finding", {{P, F, END}}, 1, NULL, false, VERDICT_FINDINGS},
    {"a finding, the rest not run", {{F, N, N, END}}, 1, NULL, false, VERDICT_FINDINGS},
    {"a finding and an error", {{E, END}, {F, END}}, 2, NULL, false, VERDICT_FINDINGS},
    {"a finding beside an empty one", {{END}, {F, END}}, 2, NULL, false, VERDICT_FINDINGS},
    {"passed, yet the run had an error", {{P, END}}, 1, "no server", false, VERDICT_UNCHECKED},
    {"passed, yet interrupted", {{P, END}}, 1, NULL, true, VERDICT_UNCHECKED},
    {"interrupted after a finding", {{F, N, END}}, 1, NULL, true, VERDICT_FINDINGS},
    {"a run error after a finding", {{F, END}}, 1, "no disk", false, VERDICT_FINDINGS},
};

static void fill(struct run_record *r, const struct row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        struct scenario_record *s = record_add_scenario(r, "name", "Title");
        for (size_t j = 0; row->scenarios[i][j] != END; j++) {
            /* two steps, so that counting over steps is exercised */
            struct step *step = j == 1 ? &s->steps[0] : record_add_step(s, "Step");
            record_add_check(step, "check", NULL)->outcome = (enum outcome)row->scenarios[i][j];
        }
    }
    r->error = row->error ? strdup(row->error) : NULL;
    r->interrupted = row->interrupted;
}

/* What would not have been a reason against the migration need not be seen. */
static void does_without_a_note(void **state)
{
    (void)state;
    struct run_record r = {0};
    fill(&r, &(struct row){.scenarios = {{P, N, END}}, .count = 1});
    r.scenarios[0].steps[0].checks[1].level = LEVEL_NOTE;
    enum verdict verdict = verdict_of_run(&r);
    r.scenarios[0].steps[0].checks[0].outcome = OUTCOME_NOT_RUN;
    enum verdict nothing = verdict_of_run(&r);
    record_release(&r);
    assert_int_equal(verdict, VERDICT_PASSED);
    assert_int_equal(nothing, VERDICT_UNCHECKED);
}

static void judges_every_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct run_record r = {0};
        fill(&r, &table[i]);
        enum verdict verdict = verdict_of_run(&r);
        record_release(&r);
        if (verdict != table[i].expected)
            fail_msg("%s: %s, expected %s", table[i].name, verdict_name(verdict),
                     verdict_name(table[i].expected));
    }
}

static void judges_a_scenario_alone(void **state)
{
    (void)state;
    struct run_record r = {0};
    const struct row row = {"", {{P, END}, {F, END}, {END}}, 3, "x", true, VERDICT_FINDINGS};
    fill(&r, &row);
    enum verdict verdicts[3];
    for (size_t i = 0; i < 3; i++)
        verdicts[i] = verdict_of_scenario(&r.scenarios[i]);
    record_release(&r);
    assert_int_equal(verdicts[0], VERDICT_PASSED);
    assert_int_equal(verdicts[1], VERDICT_FINDINGS);
    assert_int_equal(verdicts[2], VERDICT_UNCHECKED);
}

static void has_the_exit_codes_of_the_contract(void **state)
{
    (void)state;
    assert_int_equal(VERDICT_PASSED, 0);
    assert_int_equal(VERDICT_FINDINGS, 1);
    assert_int_equal(VERDICT_UNCHECKED, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_every_row),
        cmocka_unit_test(does_without_a_note),
        cmocka_unit_test(judges_a_scenario_alone),
        cmocka_unit_test(has_the_exit_codes_of_the_contract),
    };
    return cmocka_run_group_tests_name("verdict", tests, NULL, NULL) ? 1 : 0;
}
