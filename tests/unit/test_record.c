#include "record/record.h"

#include "../support/testing.h"

static int tear_down(void **state)
{
    record_release(*state);
    free(*state);
    return 0;
}

static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct run_record));
    return *state ? 0 : -1;
}

static void copies_what_it_is_given(void **state)
{
    struct run_record *r = *state;
    char name[] = "fresh", title[] = "A fresh database";
    struct scenario_record *s = record_add_scenario(r, name, title);
    struct check *check = record_add_check(record_add_step(s, title), name, "FR-001 FR-017");
    name[0] = title[0] = '!';
    assert_string_equal(s->name, "fresh");
    assert_string_equal(s->title, "A fresh database");
    assert_string_equal(check->name, "fresh");
    assert_string_equal(check->requirements, "FR-001 FR-017");
    assert_int_equal(check->outcome, OUTCOME_NOT_RUN);
}

static void counts_over_all_steps_and_scenarios(void **state)
{
    struct run_record *r = *state;
    for (int i = 0; i < 3; i++) {
        struct scenario_record *s = record_add_scenario(r, "s", "S");
        for (int j = 0; j < 3; j++) {
            struct step *step = record_add_step(s, "step");
            for (int k = 0; k < 4; k++)
                record_add_check(step, "c", NULL)->outcome = (enum outcome)k;
        }
    }
    assert_int_equal(scenario_count_checks(&r->scenarios[1]), 12);
    assert_int_equal(record_count_checks(r), 36);
    for (int k = 0; k < 4; k++) {
        assert_int_equal(scenario_count_outcome(&r->scenarios[2], (enum outcome)k), 3);
        assert_int_equal(record_count_outcome(r, (enum outcome)k), 9);
    }
}

static void owns_every_string(void **state)
{
    struct run_record *r = *state; /* the sanitizer finds what release forgets */
    r->id = strdup("id");
    r->version = strdup("v");
    r->suite = strdup("s");
    r->suite_path = strdup("p");
    r->migrator = strdup("m");
    r->migrations = strdup("f");
    r->baseline = strdup("b");
    r->target = strdup("t");
    r->error = strdup("e");
    struct scenario_record *s = record_add_scenario(r, "s", "S");
    s->database = strdup("d");
    struct step *step = record_add_step(s, "step");
    struct check *c = record_add_check(step, "c", NULL);
    assert_string_equal(c->requirements, "");
    c->message = strdup("1");
    c->remedy = strdup("2");
    c->expected = strdup("3");
    c->found = strdup("4");
    c->detail = strdup("5");
    c->sql = strdup("6");
    c->sqlstate = strdup("7");
    record_add_measurement(step, "duration", "s", 1.5, 300);
    record_add_circumstance(r, "server_version", "15.1");
    assert_string_equal(step->measurements[0].name, "duration");
    assert_string_equal(r->circumstances[0].value, "15.1");
    record_release(r);
    assert_null(r->scenarios);
    assert_int_equal(r->scenario_count, 0);
}

static void every_outcome_has_its_word(void **state)
{
    (void)state;
    assert_string_equal(outcome_name(OUTCOME_NOT_RUN), "not run");
    assert_string_equal(outcome_name(OUTCOME_PASSED), "passed");
    assert_string_equal(outcome_name(OUTCOME_FINDING), "finding");
    assert_string_equal(outcome_name(OUTCOME_ERROR), "error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(copies_what_it_is_given, set_up, tear_down),
        cmocka_unit_test_setup_teardown(counts_over_all_steps_and_scenarios, set_up, tear_down),
        cmocka_unit_test_setup_teardown(owns_every_string, set_up, tear_down),
        cmocka_unit_test(every_outcome_has_its_word),
    };
    return cmocka_run_group_tests_name("record", tests, NULL, NULL) ? 1 : 0;
}
