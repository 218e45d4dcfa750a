/* The line of a file on which an object is named: the statement that names most of it wins. */
#include "migrator/named_place.h"

#include <stdio.h>
#include <unistd.h>

#include "base/memory.h"

#include "../support/testing.h"

static const struct {
    const char *name, *content;
    unsigned from, to;
    struct named named;
    bool table_will_do;
    unsigned expected;
} cases[] = {
    {"a.sql",
     "ALTER TABLE releases\nADD a int;\nALTER TABLE releases\nDROP COLUMN files,\nDROP COLUMN b;\n",
     0,
     0,
     {"public.releases", "b"},
     true,
     5},
    {"a.sql",
     "ALTER TABLE x DROP COLUMN note;\nALTER TABLE orders\n  DROP note;\n",
     0,
     0,
     {"public.orders", "note"},
     true,
     3},
    {"a.sql",
     "SELECT note FROM orders;\nUPDATE orders SET note = '';\n",
     0,
     0,
     {"public.orders", "note"},
     true,
     2},
    {"a.sql",
     "-- drops note of orders\nUPDATE \"Orders\" SET \"Note\" = '';\n",
     0,
     0,
     {"public.\"Orders\"", "\"Note\""},
     true,
     2},
    {"a.sql",
     "DROP TABLE orders_old;\nDROP TABLE orders;\n",
     0,
     0,
     {"public.orders", NULL},
     true,
     2},
    {"a.sql", "SELECT 1;\nDELETE FROM orders;\n", 0, 0, {"public.orders", "note"}, true, 2},
    {"a.sql", "SELECT 1;\nDELETE FROM orders;\n", 0, 0, {"public.orders", "note"}, false, 0},
    {"a.sql", "SELECT 1;\n", 0, 0, {"public.orders", NULL}, true, 0},
    {"a.sql", "", 0, 0, {"public.orders", NULL}, true, 0},
    {"a.sql", "DROP INDEX i;\n-- down\nCREATE INDEX i ON t (a);\n", 0, 1, {NULL, "i"}, false, 1},
    {"a.sql", "DROP INDEX i;\n-- down\nCREATE INDEX i ON t (a);\n", 2, 0, {NULL, "i"}, false, 3},
    {"a.sql", "DROP INDEX i;\n", 7, 0, {NULL, "i"}, false, 0},
    {"a.py",
     "def upgrade():\n    op.add_column('orders', x)\n    op.drop_column(\n        'orders',\n     "
     "   'note')\n",
     1,
     0,
     {"public.orders", "note"},
     true,
     5},
    {"a.py",
     "# note of orders\ndef upgrade():\n    op.execute('UPDATE orders SET note = 1')\n",
     0,
     0,
     {"public.orders", "note"},
     true,
     3},
    {"a.rb",
     "class A\n  def change\n    remove_column :orders, :note, :text\n  end\nend\n",
     0,
     0,
     {"public.orders", "note"},
     true,
     3},
    {"a.sql", "DROP FUNCTION total(integer);\n", 0, 0, {NULL, "total(integer,"}, false, 1},
};

static void test_lines(void **state)
{
    (void)state;
    char folder[] = "/tmp/named-place-XXXXXX";
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *path = memory_format("%s/%s", folder, cases[i].name);
        FILE *file = fopen(path, "we");
        assert_non_null(file);
        fputs(cases[i].content, file);
        fclose(file);
        unsigned line =
            named_line(path, cases[i].from, cases[i].to, &cases[i].named, cases[i].table_will_do);
        if (line != cases[i].expected)
            fail_msg("case %zu: line %u instead of %u", i, line, cases[i].expected);
        unlink(path);
        free(path);
    }
    rmdir(folder);
    assert_int_equal(named_line("/nowhere.sql", 0, 0, &cases[0].named, true), 0);
}

static const struct {
    const char *fact, *table, *object;
} facts[] = {
    {"column public.orders.note type=text", "public.orders", "note"},
    {"table public.orders persistence=p", "public.orders", NULL},
    {"index public.idx_day table=public.orders", NULL, "idx_day"},
    {"constraint public.orders.ck type=c", "public.orders", "ck"},
    {"column public.\"my. table\".\"a b\" type=text", "public.\"my. table\"", "\"a b\""},
    {"public.orders", "public.orders", NULL},
    {"extension hstore version=1", NULL, "hstore"},
};

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void test_facts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        char *table, *object;
        assert_true(named_of_fact(facts[i].fact, &table, &object));
        if (!same(table, facts[i].table) || !same(object, facts[i].object))
            fail_msg("%s: %s and %s", facts[i].fact, table ? table : "-", object ? object : "-");
        free(table);
        free(object);
    }
    char *table, *object;
    assert_false(named_of_fact("", &table, &object));
    assert_null(table);
    assert_null(object);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
