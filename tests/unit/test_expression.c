#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/text.h"
#include "generator/expression.h"

/* "a; b | c": the atoms of each branch. */
static char *written(const char *expression)
{
    struct branches branches = expression_branches(expression);
    struct text all = {0};
    for (size_t i = 0; i < branches.count; i++)
        for (size_t j = 0; j < branches.list[i].atoms.count; j++)
            text_append_format(&all, "%s%s",
                               j   ? "; "
                               : i ? " | "
                                   : "",
                               branches.list[i].atoms.names[j]);
    branches_release(&branches);
    return text_detach(&all);
}

static void an_expression_has_its_branches(void **state)
{
    static const struct {
        const char *expression, *branches;
    } cases[] = {
        {"(a > 0)", "a > 0"},
        {"a", "a"},
        {"", ""},
        {"((a > 0) AND (b < 1))", "a > 0; b < 1"},
        {"((a > 0) OR (b < 1))", "a > 0 | b < 1"},
        {"((a = 1) AND ((b = 2) OR (c = 3)))", "a = 1; b = 2 | a = 1; c = 3"},
        {"(NOT ((a = 1) OR (b = 2)))", "NOT (a = 1); NOT (b = 2)"},
        {"(NOT ((a = 1) AND (NOT (b = 2))))", "NOT (a = 1) | b = 2"},
        {"((a = 'x OR (y'::text) OR (\"b) AND\" = 1))", "a = 'x OR (y'::text | \"b) AND\" = 1"},
        {"((a = 'it''s AND') AND b)", "a = 'it''s AND'; b"},
        {"((s = 'done'::text) = (at IS NOT NULL))",
         "s = 'done'::text; at IS NOT NULL | NOT (s = 'done'::text); NOT (at IS NOT NULL)"},
        {"((a IS NULL) <> (b IS NULL))", "a IS NULL; NOT (b IS NULL) | NOT (a IS NULL); b IS NULL"},
        {"(a = (b + 1))", "a = (b + 1)"},
        {"CASE WHEN (a = 1) THEN (b = 2) ELSE (c = 3) END", "a = 1; b = 2 | NOT (a = 1); c = 3"},
        {"CASE a WHEN 1 THEN (b = 2) WHEN 2 THEN true END",
         "(a) = ( 1 ); b = 2 | NOT ((a) = ( 1 )); (a) = ( 2 ); true"},
        {"((a >= 1) AND (a <= 2) AND (((b)::text = ANY (ARRAY['x'::text, 'y'::text]))))",
         "a >= 1; a <= 2; (b)::text = ANY (ARRAY['x'::text, 'y'::text])"},
        {"((a IS NULL) AND ((a IS NOT NULL) OR (b = 1)))", "a IS NULL; b = 1"},
        {"((a = 'x'::text) AND ((a = 'y'::text) OR (a = 'x'::text)))",
         "a = 'x'::text; a = 'x'::text"},
        {"((a <> 'x'::text) AND ((a = 'x'::text) OR (a = 'y'::text)))",
         "a <> 'x'::text; a = 'y'::text"},
        {"(a AND ((NOT a) OR b))", "a; b"},
        {"((a IS NULL) AND (a IS NOT NULL))", "a IS NULL; a IS NOT NULL"},
        {"((a", "((a"},
        {"(a = 'open", "(a = 'open"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *found = written(cases[i].expression);
        if (strcmp(found, cases[i].branches) != 0)
            fail_msg("%s: %s", cases[i].expression, found);
        free(found);
    }
}

static void branches_have_a_limit(void **state)
{
    (void)state;
    struct text expression = {0};
    for (int i = 0; i < 12; i++)
        text_append_format(&expression, "%s((a%d = 1) OR (b%d = 2))", i ? " AND " : "", i, i);
    struct branches branches = expression_branches(text_string(&expression));
    assert_int_equal(branches.count, BRANCH_LIMIT);
    for (size_t i = 0; i < branches.count; i++)
        assert_int_equal(branches.list[i].atoms.count, 12);
    branches_release(&branches);
    text_release(&expression);
}

static void names_are_found_outside_of_literals(void **state)
{
    static const struct {
        const char *expression, *column;
        bool mentioned;
    } cases[] = {
        {"(a > 0)", "a", true},
        {"(ab > 0)", "a", false},
        {"(x = 'a')", "a", false},
        {"(\"Odd \"\"name\" = 1)", "Odd \"name", true},
        {"(\"Odd\" = 1)", "odd", false},
        {"((x)::date > now())", "date", false},
        {"((date)::text > 'x')", "date", true},
        {"(f('it''s', a))", "a", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (expression_mentions(cases[i].expression, cases[i].column) != cases[i].mentioned)
            fail_msg("%s: %s", cases[i].expression, cases[i].column);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_expression_has_its_branches),
        cmocka_unit_test(branches_have_a_limit),
        cmocka_unit_test(names_are_found_outside_of_literals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
