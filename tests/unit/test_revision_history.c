#include "migrator/revision_history.h"

#include "../support/testing.h"

static const char shipped[] = "005 -> 002 (head), Remove non-search tables\n"
                              "003a -> 005, Fix version column\n"
                              "003 -> 003a, Add columns\n"
                              "001 -> 003, Project tracking\n"
                              "<base> -> 001, Initial schema\n";

static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct revision_history));
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    revision_history_release(*state);
    free(*state);
    return 0;
}

static void a_chain_leads_one_way(void **state)
{
    struct revision_history *h = *state;
    revision_history_read(h, shipped);
    assert_int_equal(h->line_count, 5);
    assert_true(revision_history_leads(h, "001", "005"));
    assert_true(revision_history_leads(h, "005", "005"));
    assert_false(revision_history_leads(h, "002", "005"));
    assert_true(revision_history_leads(h, "005", "002"));
    assert_false(revision_history_leads(h, "00", "005"));
}

static void revisions_are_known_whole(void **state)
{
    struct revision_history *h = *state;
    revision_history_read(h, shipped);
    assert_true(revision_history_knows(h, "003a", 4));
    assert_true(revision_history_knows(h, "003a", 3)); /* "003" */
    assert_false(revision_history_knows(h, "003a", 2));
    assert_false(revision_history_knows(h, "<base>", 6));
    assert_false(revision_history_knows(h, "999", 3));
}

static void branches_and_merges(void **state)
{
    struct revision_history *h = *state;
    revision_history_read(h, "b1, b2 -> m (head) (mergepoint), merge\r\na -> b2, two\n"
                             "a -> b1 (branchpoint), one\n<base> -> a, first\nb1 -> side, other");
    assert_true(revision_history_leads(h, "b1", "m"));
    assert_true(revision_history_leads(h, "b2", "m"));
    assert_true(revision_history_leads(h, "a", "m"));
    assert_false(revision_history_leads(h, "side", "m"));
}

static void a_circle_comes_to_an_end(void **state)
{
    struct revision_history *h = *state;
    revision_history_read(h, "a -> b\nb -> a\nb -> b\n");
    assert_true(revision_history_leads(h, "b", "a"));
    assert_false(revision_history_leads(h, "a", "c"));
}

static void other_lines_are_left_out(void **state)
{
    struct revision_history *h = *state;
    revision_history_read(h, "INFO context\n\n -> \nx ->y\n  -> 1, no parent\n");
    assert_int_equal(h->count, 0);
    assert_int_equal(h->line_count, 0);
}

static void expect_current(const struct revision_history *h, const char *output, const char *first,
                           size_t expected)
{
    size_t count;
    char **list = revision_history_current(h, output, &count);
    bool same = count == expected && (!first || strcmp(list[0], first) == 0);
    revision_list_free(list, count);
    assert_true(same);
}

static void current_is_told_in_many_ways(void **state)
{
    struct revision_history *h = *state;
    revision_history_read(h, shipped);
    expect_current(h, "002 (head)\n", "002", 1);
    expect_current(h, "005", "005", 1);
    expect_current(h, "\n  005\r\n\n", "005", 1);
    expect_current(h, "some words of an env.py\n003a\n", "003a", 1);
    expect_current(h, "003\n005\n003\n", "003", 2);
    expect_current(h, "words\n999 (head)\n", "999", 1);
    expect_current(h, "\n \n", NULL, 0);
    expect_current(h, "", NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_chain_leads_one_way, set_up, tear_down),
        cmocka_unit_test_setup_teardown(revisions_are_known_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(branches_and_merges, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_circle_comes_to_an_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_lines_are_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(current_is_told_in_many_ways, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("revision_history", tests, NULL, NULL) ? 1 : 0;
}
