/* Which checks are of one cause. */
#include "report_records.h"

#include "reports/causes.h"

static int tear_down(void **state)
{
    record_release(*state);
    free(*state);
    return 0;
}

static int set_up(void **state)
{
    *state = memory_zeroed(1, sizeof(struct run_record));
    begin_record(*state);
    return 0;
}

static struct check *add_finding(struct run_record *r, const char *scenario, const char *message,
                                 const char *file, unsigned line, const char *words)
{
    struct step *step = record_add_step(record_add_scenario(r, scenario, ""), "step");
    struct check *c = add_check(step, "check", "", OUTCOME_FINDING, 0);
    c->message = memory_copy_of(message);
    c->file = memory_copy_of(file);
    c->line = line;
    c->cause = memory_copy_of(words);
    return c;
}

static size_t count_causes(const struct run_record *r)
{
    struct causes causes;
    causes_of_outcome(&causes, r, OUTCOME_FINDING);
    size_t count = causes.count;
    causes_release(&causes);
    return count;
}

static void the_same_said_of_the_same_place_is_one_cause(void **state)
{
    add_finding(*state, "fresh", "missing index a", NULL, 0, NULL);
    add_finding(*state, "rollback", "missing index a", NULL, 0, NULL);
    assert_int_equal(count_causes(*state), 1);
    add_finding(*state, "deployment", "missing index b", NULL, 0, NULL);
    assert_int_equal(count_causes(*state), 2);
}

static void another_place_is_another_cause(void **state)
{
    add_finding(*state, "fresh", "syntax error", "1.sql", 3, NULL);
    add_finding(*state, "rollback", "syntax error", "1.sql", 3, NULL);
    add_finding(*state, "rollback", "syntax error", "1.sql", 4, NULL);
    add_finding(*state, "rollback", "syntax error", "2.sql", 3, NULL);
    assert_int_equal(count_causes(*state), 3);
}

static void words_beneath_bind_what_is_said_differently(void **state)
{
    const char *words = "relation \"orders\" does not exist";
    add_finding(*state, "rollback", "the downgrade failed", NULL, 0, words);
    add_finding(*state, "round-trip", "the second upgrade failed", NULL, 0, words);
    add_finding(*state, "deployment", "stuck: relation \"orders\" does not exist", NULL, 0, NULL);
    assert_int_equal(count_causes(*state), 1);
    add_finding(*state, "validation", "relation \"order\" does not exist", NULL, 0, NULL);
    assert_int_equal(count_causes(*state), 2);
}

static void few_words_bind_nothing(void **state)
{
    add_finding(*state, "rollback", "the downgrade failed", NULL, 0, "ERROR");
    add_finding(*state, "deployment", "ERROR: another one", NULL, 0, NULL);
    assert_int_equal(count_causes(*state), 2);
}

static void nothing_said_is_never_the_same(void **state)
{
    add_finding(*state, "rollback", NULL, NULL, 0, NULL);
    add_finding(*state, "deployment", NULL, NULL, 0, NULL);
    assert_int_equal(count_causes(*state), 2);
}

static void scenarios_are_named_once_and_at_most_so_many(void **state)
{
    static const char *const names[] = {"a", "b", "c"};
    struct causes causes;
    struct text all = {0}, some = {0};
    for (size_t i = 0; i < 3; i++)
        add_finding(*state, names[i], "missing index", NULL, 0, NULL);
    causes_of_outcome(&causes, *state, OUTCOME_FINDING);
    cause_append_scenarios(&all, &causes.items[0], 0);
    cause_append_scenarios(&some, &causes.items[0], 2);
    bool good = strcmp(text_string(&all), "a, b and c") == 0 &&
                strcmp(text_string(&some), "a, b and 1 more") == 0;
    causes_release(&causes);
    text_release(&all);
    text_release(&some);
    assert_true(good);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_same_said_of_the_same_place_is_one_cause),
        TEST(another_place_is_another_cause),
        TEST(words_beneath_bind_what_is_said_differently),
        TEST(few_words_bind_nothing),
        TEST(nothing_said_is_never_the_same),
        TEST(scenarios_are_named_once_and_at_most_so_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
