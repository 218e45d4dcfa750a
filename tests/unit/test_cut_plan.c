/* Where a migrator is cut off: every boundary, and every manner wherever it may matter. */
#include "rehearsal/cut_plan.h"

#include <string.h>

#include "../support/testing.h"
#include "base/memory.h"

/* A ledger of statements, one a character: the transaction's status after it; upper-case letters on
 * the first connection, lower-case ones on the second. */
static struct ledger ledger_of(const char *states)
{
    struct ledger l = {0};
    for (const char *s = states; *s; s++) {
        bool second = *s >= 'a';
        struct ledger_statement *new = memory_append(&l.statements, &l.count, sizeof *new);
        *new = (struct ledger_statement){.number = l.count,
                                         .connection = second ? 2 : 1,
                                         .transaction = (char)(second ? *s - 'a' + 'A' : *s)};
    }
    return l;
}

/* The whole plan where the cuts leave these marks, one a boundary; '-' is unknown. */
static struct cut_plan plan_of(const char *states, const char *marks, bool slow)
{
    struct ledger l = ledger_of(states);
    struct cut_plan p;
    char *given[32] = {0};
    cut_plan_begin(&p, &l, slow);
    assert_int_equal(p.boundary_count, strlen(marks));
    for (size_t i = 0; marks[i]; i++)
        given[i] = marks[i] == '-' ? NULL : memory_format("%c", marks[i]);
    cut_plan_complete(&p, given);
    for (size_t i = 0; i < 32; i++)
        free(given[i]);
    ledger_release(&l);
    return p;
}

static size_t manners_at(const struct cut_plan *p, size_t from, size_t end)
{
    bool tried[CUT_MANNERS] = {false};
    size_t count = 0;
    for (size_t i = 0; i < p->count; i++)
        if (p->cuts[i].boundary >= from && p->cuts[i].boundary < end)
            tried[p->cuts[i].point.manner] = true;
    for (size_t i = 0; i < CUT_MANNERS; i++)
        count += tried[i];
    return count;
}

static void every_point_exists(const struct cut_plan *p, size_t statements)
{
    for (size_t i = 0; i < p->count; i++) {
        const struct cut_boundary *b = &p->boundaries[p->cuts[i].boundary];
        const struct cut_point *at = &p->cuts[i].point;
        assert_in_range(at->statement, 1, statements);
        assert_int_equal(at->statement, at->after ? b->after : b->before);
    }
}

static void one_transaction_is_one_stretch(void **state)
{
    (void)state;
    struct cut_plan p = plan_of("IITTTTI", "AAAAAAAB", false);
    every_point_exists(&p, 7);
    assert_int_equal(manners_at(&p, 0, 3), 3); /* nothing is written yet */
    assert_int_equal(manners_at(&p, 3, 6), 3);
    assert_int_equal(manners_at(&p, 6, 7), 3); /* before the COMMIT */
    assert_int_equal(manners_at(&p, 7, 8), 3); /* after it */
    assert_int_equal(p.count, 3 + 3 + 3 + 3);
    assert_int_equal(cut_plan_ways(&p), 7 * 2 * CUT_MANNERS);
    cut_plan_release(&p);
}

static void another_state_is_tried_in_every_manner(void **state)
{
    (void)state;
    struct cut_plan p = plan_of("IIIIII", "AAABCCC", false); /* two statements have written */
    assert_int_equal(manners_at(&p, 0, 3), 3);
    assert_int_equal(manners_at(&p, 3, 4), 3);
    assert_int_equal(manners_at(&p, 4, 7), 3);
    assert_int_equal(p.count, 3 + 3 + 3);
    cut_plan_release(&p);
    p = plan_of("TTTTTI", "AABB-AB", false); /* a COMMIT; BEGIN that the status does not show */
    assert_int_equal(manners_at(&p, 1, 2), 3);
    assert_int_equal(manners_at(&p, 2, 4), 3);
    assert_int_equal(manners_at(&p, 4, 5), 3);
    cut_plan_release(&p);
}

static void what_is_unknown_is_never_the_same(void **state)
{
    (void)state;
    struct cut_plan p = plan_of("III", "----", false);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(manners_at(&p, i, i + 1), 3);
    cut_plan_release(&p);
}

/* The same marks, but a transaction has ended in between: a lock or a session may tell them apart.
 */
static void transactions_are_not_joined(void **state)
{
    (void)state;
    struct cut_plan p = plan_of("TTITTI", "AAAAAAA", false);
    assert_int_equal(manners_at(&p, 0, 1), 3);
    assert_int_equal(manners_at(&p, 1, 2), 3);
    assert_int_equal(manners_at(&p, 2, 3), 3);
    assert_int_equal(manners_at(&p, 3, 4), 3);
    assert_int_equal(manners_at(&p, 4, 5), 3);
    cut_plan_release(&p);
}

static void connections_are_not_joined(void **state)
{
    (void)state;
    struct cut_plan p = plan_of("IiiI", "AAAAAAA", false);
    /* before 1, after 1, before 2, between 2 and 3, after 3, before 4, after 4 */
    const struct cut_boundary expected[] = {{.before = 1},
                                            {.after = 1, .joins = true},
                                            {.before = 2},
                                            {.after = 2, .before = 3, .joins = true},
                                            {.after = 3, .joins = true},
                                            {.before = 4},
                                            {.after = 4, .joins = true}};
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(p.boundaries[i].after, expected[i].after);
        assert_int_equal(p.boundaries[i].before, expected[i].before);
        assert_int_equal(p.boundaries[i].joins, expected[i].joins);
    }
    every_point_exists(&p, 4);
    assert_int_equal(manners_at(&p, 0, 2), 3);
    assert_int_equal(manners_at(&p, 2, 5), 3);
    assert_int_equal(manners_at(&p, 5, 7), 3);
    cut_plan_release(&p);
}

/* An answer that is lost tells more of a migrator when it is that to its COMMIT. */
static void a_commit_is_cut_off_on_both_sides(void **state)
{
    (void)state;
    struct cut_plan p = plan_of("TTTI", "AAAAB", false);
    size_t before = 0;
    assert_true(p.boundaries[3].ends);
    for (size_t i = 0; i < p.count; i++)
        if (p.cuts[i].boundary > 0 && !p.cuts[i].point.after) {
            assert_int_equal(p.cuts[i].point.statement, 4);
            before++;
        }
    assert_int_equal(before, 2);
    cut_plan_release(&p);
}

/* Though nothing was written before the COMMIT, it is run again there after each manner. */
static void it_is_run_again_after_each_manner(void **state)
{
    (void)state;
    struct cut_plan p = plan_of("ITTTTTIITTI", "AAAAAAABBBBC", false);
    static const size_t commits[] = {6, 10};
    for (size_t c = 0; c < 2; c++) {
        bool again[CUT_MANNERS] = {false};
        assert_true(p.boundaries[commits[c]].ends);
        for (size_t i = 0; i < p.count; i++)
            if (p.cuts[i].boundary == commits[c])
                again[p.cuts[i].point.manner] |= p.cuts[i].again;
        for (size_t i = 0; i < CUT_MANNERS; i++)
            assert_true(again[i]);
    }
    assert_false(p.cuts[0].again);
    assert_true(p.cuts[p.boundary_count - 1].again);
    cut_plan_release(&p);
}

static void a_slow_migrator_is_cut_off_thrice_a_transaction(void **state)
{
    (void)state;
    struct cut_plan p = plan_of("IiTTTTTTII", "AAAAAAAAABC", true);
    /* two outside, begin, middle and end of the transaction, and the two after it */
    static const size_t boundaries[] = {0, 1, 2, 3, 6, 8, 9, 10};
    assert_int_equal(p.count, sizeof boundaries / sizeof *boundaries);
    assert_int_equal(p.first, p.count);
    assert_false(p.cuts[0].point.after);
    for (size_t i = 0; i < p.count; i++) {
        assert_int_equal(p.cuts[i].boundary, boundaries[i]);
        assert_int_equal(p.cuts[i].point.manner, i % CUT_MANNERS);
        assert_int_equal(p.cuts[i].again, i >= 5);
        if (i)
            assert_int_equal(p.cuts[i].point.statement, boundaries[i]);
    }
    cut_plan_release(&p);
}

/* A COMMIT that the status does not show, since a BEGIN follows it in the same statement. */
static void a_hidden_commit_parts_the_transaction(void **state)
{
    (void)state;
    struct ledger l = ledger_of("TTTTTTI");
    struct cut_plan p;
    l.statements[3].ended = true;
    cut_plan_begin(&p, &l, true);
    assert_int_equal(manners_at(&p, 1, 4), 3);
    assert_int_equal(manners_at(&p, 4, 7), 3);
    assert_true(p.boundaries[3].ends);
    assert_false(p.boundaries[4].joins);
    cut_plan_release(&p);
    ledger_release(&l);
}

static void without_statements_there_is_nothing_to_cut(void **state)
{
    (void)state;
    struct cut_plan p = plan_of("", "", false);
    assert_int_equal(p.count, 0);
    cut_plan_release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_transaction_is_one_stretch),
        cmocka_unit_test(another_state_is_tried_in_every_manner),
        cmocka_unit_test(what_is_unknown_is_never_the_same),
        cmocka_unit_test(transactions_are_not_joined),
        cmocka_unit_test(connections_are_not_joined),
        cmocka_unit_test(a_commit_is_cut_off_on_both_sides),
        cmocka_unit_test(it_is_run_again_after_each_manner),
        cmocka_unit_test(a_slow_migrator_is_cut_off_thrice_a_transaction),
        cmocka_unit_test(a_hidden_commit_parts_the_transaction),
        cmocka_unit_test(without_statements_there_is_nothing_to_cut),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    return failed ? 1 : 0;
}
