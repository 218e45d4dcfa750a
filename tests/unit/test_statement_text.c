/* Statements on their way out of production: without comments, and none with a literal in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "production/shapes/json_lines.h"
#include "production/shapes/statement_text.h"

struct statement_case {
    const char *sql;
    enum statement_kind kind;
    const char *clean; /* NULL: not looked at */
};

static const struct statement_case cases[] = {
    {"SELECT 1", STATEMENT_LITERAL, NULL},
    {"SELECT $1", STATEMENT_FIT, "SELECT $1"},
    {"  select\n a.x,\t\"a\"\"1\".\"5\" from a\n", STATEMENT_FIT,
     "select a.x, \"a\"\"1\".\"5\" from a"},
    {"SELECT x /* user 4711, 'Ann' /* inner */ $$ */ FROM t -- 17", STATEMENT_FIT,
     "SELECT x FROM t"},
    {"SELECT x--'\nFROM t1 WHERE a_2 = $12", STATEMENT_FIT, "SELECT x FROM t1 WHERE a_2 = $12"},
    {"SELECT x FROM t WHERE y = 4711", STATEMENT_LITERAL, NULL},
    {"SELECT x FROM t WHERE y = -.5", STATEMENT_LITERAL, NULL},
    {"SELECT x FROM t WHERE y = 1e9", STATEMENT_LITERAL, NULL},
    {"SELECT x FROM t WHERE y = 0x1F", STATEMENT_LITERAL, NULL},
    {"SELECT x FROM t WHERE y = 'Ann'", STATEMENT_LITERAL, NULL},
    {"SELECT x FROM t WHERE y = E'\\''", STATEMENT_LITERAL, NULL},
    {"SELECT x FROM t WHERE y = $$Ann$$", STATEMENT_LITERAL, NULL},
    {"SELECT x FROM t WHERE y = $q$Ann$q$", STATEMENT_LITERAL, NULL},
    {"SELECT x FROM t WHERE y = B'101'", STATEMENT_LITERAL, NULL},
    {"SELECT x, y FROM t ORDER BY 1, 2 DESC LIMIT $1", STATEMENT_FIT, NULL},
    {"SELECT x FROM t GROUP BY 1 ORDER BY 2 NULLS LAST, 1", STATEMENT_FIT, NULL},
    {"SELECT x FROM t ORDER BY 1 + y", STATEMENT_LITERAL, NULL},
    {"SELECT x FROM t ORDER BY 49301", STATEMENT_LITERAL, NULL},
    {"SELECT x FROM t ORDER BY y LIMIT 10", STATEMENT_LITERAL, NULL},
    {"SELECT x::numeric(10,2), y::character varying(20) FROM t", STATEMENT_FIT, NULL},
    {"SELECT CAST(x AS public.vector(3)), $1::timestamp(0) FROM t", STATEMENT_FIT, NULL},
    {"SELECT x::text IN (4711) FROM t", STATEMENT_LITERAL, NULL},
    {"SELECT x::integer + 5 FROM t", STATEMENT_LITERAL, NULL},
    {"SELECT x AS y, 5 FROM t", STATEMENT_LITERAL, NULL},
    {"WITH q AS MATERIALIZED (SELECT 5) SELECT * FROM q", STATEMENT_LITERAL, NULL},
    {"WITH q AS (SELECT x FROM t) DELETE FROM t USING q", STATEMENT_FIT, NULL},
    {"(SELECT x FROM t) UNION SELECT $1", STATEMENT_FIT, NULL},
    {"merge into t using s on t.x = s.x when matched then delete", STATEMENT_FIT, NULL},
    {"SET app.key = 'geheim'", STATEMENT_OTHER, NULL},
    {"CREATE TABLE t AS SELECT $1", STATEMENT_OTHER, NULL},
    {"COPY t FROM STDIN", STATEMENT_OTHER, NULL},
    {"SELECT relname FROM pg_class", STATEMENT_OTHER, NULL},
    {"SELECT x FROM pg_catalog.pg_class", STATEMENT_OTHER, NULL},
    {"SELECT pg_advisory_lock($1), x FROM t", STATEMENT_FIT, NULL},
    {"SELECT \"unfinished", STATEMENT_FIT, "SELECT \"unfinished"},
    {"SELECT x /* unfinished", STATEMENT_FIT, NULL},
    {"", STATEMENT_OTHER, NULL},
    {"/* only */", STATEMENT_OTHER, NULL},
    {"$", STATEMENT_OTHER, NULL},
};

static void test_statements(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text clean = {0};
        enum statement_kind kind = statement_text_clean(cases[i].sql, &clean);
        if (kind != cases[i].kind)
            print_error("%s\n", cases[i].sql);
        assert_int_equal(kind, cases[i].kind);
        if (cases[i].clean)
            assert_string_equal(text_string(&clean), cases[i].clean);
        text_release(&clean);
    }
}

static void check_string(const char *given, const char *expected)
{
    struct text t = {0};
    json_append_string(&t, given);
    assert_string_equal(text_string(&t), expected);
    text_release(&t);
}

/* YAML breaks lines at U+2028, and refuses control characters even in quotes. */
static void test_strings(void **state)
{
    (void)state;
    check_string("a\"b\\c", "\"a\\\"b\\\\c\"");
    check_string("1\n2\x7f", "\"1\\u000a2\\u007f\"");
    check_string("\xc3\xa4\xf0\x9f\x99\x82", "\"\xc3\xa4\xf0\x9f\x99\x82\"");
    check_string("\xe2\x80\xa8\xef\xbb\xbf", "\"\\u2028\\ufeff\"");
    check_string("\xff!", "\"\\ufffd!\"");
}

static void test_values(void **state)
{
    (void)state;
    struct text t = {0};
    json_append_value(&t, "{\"a:b\":[1,\"x,\\\"y\"],\"c\" : null}");
    assert_string_equal(text_string(&t), "{\"a:b\": [1, \"x,\\\"y\"], \"c\" : null}");
    text_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statements),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_values),
    };
    int failed = cmocka_run_group_tests_name("statement text", tests, NULL, NULL);
    return failed ? 1 : 0;
}
