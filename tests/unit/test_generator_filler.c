#include "generator_support.h"

static void every_nasty_table_is_filled(void **state)
{
    struct fixture *f = *state;
    run(&f->database[0], nasty_schema);
    must_generate(f, 0, 10, 3, 1);
    assert_int_equal(f->counts.count, 21);
    for (size_t i = 0; i < f->counts.count; i++) {
        const struct generator_table *table = &f->counts.tables[i];
        if (strcmp(table->table, "repositories") == 0 || strcmp(table->table, "code_chunks") == 0)
            continue;
        if (table->reason || table->rows != 5)
            fail_msg("%s: %d rows, %s", table->table, (int)table->rows,
                     table->reason ? table->reason : "no reason");
        char *sql = memory_format("SELECT count(*) FROM public.\"%s\"",
                                  strstr(table->table, "Odd") ? "Odd \"\"name" : table->table);
        assert_value(f, sql, "5");
        free(sql);
    }
    assert_value(f, "SELECT count(parent) FROM tree", "4");
    assert_value(f, "SELECT count(*) FROM strict_tree WHERE id = parent", "1");
    assert_value(f, "SELECT count(*) FROM alembic_version", "0");
    assert_value(f, "SELECT count(DISTINCT status) >= 1 FROM checked", "t");
}

static void what_cannot_be_filled_has_its_reason(void **state)
{
    struct fixture *f = *state;
    run(&f->database[0], hopeless_schema);
    must_generate(f, 0, 1, 1, 1);
    static const struct {
        const char *table, *reason;
        uint64_t rows;
    } expected[] = {
        {"hopeless_check", "no value was found that satisfies CHECK ((a > 5) AND (a < 3))", 0},
        {"hopeless_parent", "no value was found that satisfies CHECK (a <> a)", 0},
        {"hopeless_child", "column a references public.hopeless_parent, which has no", 0},
        {"hopeless_trigger", "not on my watch", 0},
        {"too_few", "duplicate key value violates unique constraint", 2},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const struct generator_table *table = entry(f, expected[i].table);
        assert_non_null(table);
        assert_int_equal(table->rows, expected[i].rows);
        assert_non_null(table->reason);
        if (!strstr(table->reason, expected[i].reason))
            fail_msg("%s: %s", table->table, table->reason);
        assert_null(strchr(table->reason, '\n'));
    }
    assert_value(f, "SELECT count(*) FROM too_few", "2");
}

/* All rows of all tables, as one digest. */
static char *digest(struct fixture *f, int number)
{
    return value(f, number,
                 "SELECT md5(string_agg(md5(query_to_xml(format('SELECT md5(t::text) FROM %I t"
                 " ORDER BY 1', relname), true, false, '')::text), '' ORDER BY relname))"
                 " FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'");
}

static void the_seed_alone_decides(void **state)
{
    struct fixture *f = *state;
    char *digests[DATABASES];
    for (int i = 0; i < DATABASES; i++) {
        run(&f->database[i], nasty_schema);
        if (i == 1) /* where and how the session stands must not matter */
            run(&f->database[i], "SET TimeZone = 'Asia/Kolkata'; SET DateStyle = 'German';"
                                 " SET client_encoding = 'LATIN1'; SET extra_float_digits = -10");
        must_generate(f, i, 10, 3, i == 2 ? 8 : 7);
        run(&f->database[i], "RESET ALL");
        digests[i] = digest(f, i);
    }
    bool same = strcmp(digests[0], digests[1]) == 0, other = strcmp(digests[0], digests[2]) != 0;
    for (int i = 0; i < DATABASES; i++)
        free(digests[i]);
    assert_true(same);
    assert_true(other);
}

/* Two runs into one database: the second finds other values where uniqueness wants them. */
static void a_second_run_adds(void **state)
{
    struct fixture *f = *state;
    run(&f->database[0], nasty_schema);
    must_generate(f, 0, 10, 3, 1);
    must_generate(f, 0, 10, 3, 2);
    assert_value(f, "SELECT count(*) FROM repositories", "20");
    assert_value(f, "SELECT count(*) FROM n_types", "10");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_nasty_table_is_filled, setup, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_filled_has_its_reason, setup, teardown),
        cmocka_unit_test_setup_teardown(the_seed_alone_decides, setup, teardown),
        cmocka_unit_test_setup_teardown(a_second_run_adds, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
