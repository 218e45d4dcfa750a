#include "backup_support.h"

#include "schema/database_state.h"

static const char *const restored[] = {"parent", "public.child", "\"Odd one\".\"a, \"\"b'\"",
                                       "public.parts"};
enum { RESTORED = sizeof restored / sizeof *restored };

static const char empty_again[] = "TRUNCATE parent, child, \"Odd one\".\"a, \"\"b'\", parts "
                                  "RESTART IDENTITY";

static void assert_rows_back(struct fixture *f, const char *url)
{
    struct error e = {0};
    struct database_state before = {0};
    struct text differences = {0};
    assert_true(database_state_take(&f->db.connection, NULL, &before, &e));
    test_database_run(&f->db, empty_again);
    bool good = backup_restore_rows(f->path, url, restored, RESTORED, &f->options, &e) &&
                database_state_compare(&before, &f->db.connection, &differences, &e);
    database_state_release(&before);
    char *said = memory_format("%s%s", e.message, text_string(&differences));
    text_release(&differences);
    assert_string_equal(said, "");
    assert_true(good);
    free(said);
    char *next = connection_value(&f->db.connection,
                                  "SELECT nextval('child_id_seq') || ' ' || "
                                  "nextval('\"Odd one\".\"a, \"\"b''_id_seq\"')",
                                  0, NULL, &e);
    assert_string_equal(next, "401 10");
    free(next);
}

static void test_rows(void **state)
{
    struct fixture *f = *state;
    for (int folder = 0; folder < 2; folder++) {
        take(f, folder);
        assert_rows_back(f, f->db.url);
        backup_remove(f->path);
        test_database_run(&f->db, "SELECT setval('child_id_seq', 400), "
                                  "setval('\"Odd one\".\"a, \"\"b''_id_seq\"', 9)");
    }
}

/* The owner of the tables, who is not a superuser. */
static void test_rows_as_owner(void **state)
{
    struct fixture *f = *state;
    take(f, false);
    char *grant = memory_format(
        "DROP ROLE IF EXISTS pgr_test_backup_owner; CREATE ROLE pgr_test_backup_owner LOGIN;"
        "ALTER DATABASE %s OWNER TO pgr_test_backup_owner;"
        "ALTER SCHEMA \"Odd one\" OWNER TO pgr_test_backup_owner;"
        "ALTER TABLE parent OWNER TO pgr_test_backup_owner;"
        "ALTER TABLE child OWNER TO pgr_test_backup_owner;"
        "ALTER TABLE \"Odd one\".\"a, \"\"b'\" OWNER TO pgr_test_backup_owner;"
        "ALTER TABLE parts OWNER TO pgr_test_backup_owner;"
        "ALTER TABLE parts_1 OWNER TO pgr_test_backup_owner;"
        "ALTER TABLE parts_2 OWNER TO pgr_test_backup_owner",
        f->db.name);
    test_database_run(&f->db, grant);
    free(grant);
    struct url u;
    struct error e = {0};
    assert_true(url_parse(&u, f->db.url, &e));
    free(u.user);
    u.user = memory_copy_of("pgr_test_backup_owner");
    char *url = url_format(&u, true);
    url_release(&u);
    assert_rows_back(f, url);
    free(url);
    test_database_run(&f->db, "REASSIGN OWNED BY pgr_test_backup_owner TO postgres;"
                              "DROP ROLE pgr_test_backup_owner");
}

static void refuse(struct fixture *f, const char *change, const char *back, const char *words)
{
    struct error e = {0};
    struct database_state before = {0};
    struct text differences = {0};
    test_database_run(&f->db, change);
    assert_true(database_state_take(&f->db.connection, NULL, &before, &e));
    assert_false(backup_restore_rows(f->path, f->db.url, restored, RESTORED, &f->options, &e));
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
    if (!strstr(e.message, words))
        fail_msg("not \"%s\" but: %s", words, e.message);
    error_clear(&e);
    assert_true(database_state_compare(&before, &f->db.connection, &differences, &e));
    assert_string_equal(text_string(&differences), "");
    text_release(&differences);
    database_state_release(&before);
    test_database_run(&f->db, back);
}

static void test_rows_refused(void **state)
{
    struct fixture *f = *state;
    take(f, false);
    test_database_run(&f->db, empty_again);
    refuse(f, "INSERT INTO parts VALUES (1, 1)", "DELETE FROM parts",
           "table public.parts_1 has rows already");
    refuse(f, "ALTER TABLE parts RENAME TO elsewhere", "ALTER TABLE elsewhere RENAME TO parts",
           "there is no table public.parts");
    refuse(f, "CREATE TABLE parts_3 PARTITION OF parts FOR VALUES FROM (90) TO (99)",
           "DROP TABLE parts_3", "contains nothing of table public.parts_3");
    refuse(f,
           "ALTER TABLE parts ADD CONSTRAINT other FOREIGN KEY (id) REFERENCES"
           " \"Odd one\".\"a, \"\"b'\"",
           "ALTER TABLE parts DROP CONSTRAINT other", "violates foreign key constraint \"other\"");
    refuse(f, "ALTER SEQUENCE child_id_seq RENAME TO numbers",
           "ALTER SEQUENCE numbers RENAME TO child_id_seq",
           "contains nothing of sequence public.numbers");
    backup_remove(f->path);
    refuse(f, "SELECT 1", "SELECT 1", "No such file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rows_as_owner, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rows_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
