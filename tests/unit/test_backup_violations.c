/* Restoring a backup whose own rows violate its schema. */
#include "production/backups/backup.h"

#include <unistd.h>

#include "base/memory.h"
#include "server.h"

static struct test_database db, copy;
static struct backup_violations violations;
static char path[] = "/tmp/pgr_test_violations_XXXXXX", file[64];

static const char schema[] =
    "CREATE TABLE parent (id int PRIMARY KEY, name text UNIQUE);"
    "CREATE TABLE child (id int PRIMARY KEY, parent int CONSTRAINT to_parent REFERENCES parent);"
    "CREATE INDEX child_parent ON child (parent);"
    "INSERT INTO parent VALUES (1, 'a'); INSERT INTO child VALUES (1, 1);";

/* Rows that get in behind the back of a foreign key and of a unique index. */
static const char planted[] =
    "SET session_replication_role = replica; INSERT INTO child VALUES (2, 99);"
    "RESET session_replication_role; INSERT INTO parent VALUES (2, 'b');"
    "UPDATE pg_index SET indisready = false WHERE indexrelid = 'parent_name_key'::regclass;";
static const char doubled[] = "UPDATE parent SET name = 'a'; UPDATE pg_index SET indisready = true "
                              "WHERE indexrelid = 'parent_name_key'::regclass";

static int set_up(void **state)
{
    (void)state;
    if (test_database_create(&db, "pgr_test_violations") != 0 ||
        test_database_create(&copy, "pgr_test_violations_copy") != 0 || !mkdtemp(path))
        return -1;
    snprintf(file, sizeof file, "%s/dump", path);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    backup_violations_release(&violations);
    test_database_drop(&copy);
    test_database_drop(&db);
    backup_remove(file);
    rmdir(path);
    memcpy(path + sizeof path - 7, "XXXXXX", 6);
    return 0;
}

static bool take_and_restore(size_t jobs, bool tolerant, struct error *e)
{
    struct backup_options options = {.jobs = jobs, .violations = tolerant ? &violations : NULL};
    return backup_take(db.url, file, &options, e) && backup_restore(file, copy.url, &options, e);
}

static void expect_answer(struct connection *c, const char *query, const char *expected)
{
    struct error e = {0};
    char *value = connection_value(c, query, 0, NULL, &e);
    bool same = value && strcmp(value, expected) == 0;
    if (!same)
        print_error("%s: %s, not %s\n", query, value ? value : e.message, expected);
    free(value);
    assert_true(same);
}

static void sound_rows_violate_nothing(void **state)
{
    (void)state;
    struct error e = {0};
    test_database_run(&db, schema);
    if (!take_and_restore(2, true, &e))
        fail_msg("%s", e.message);
    assert_int_equal(violations.count, 0);
    expect_answer(&copy.connection,
                  /* a NOT NULL has been one of them since 18 */
                  "SELECT count(*) FROM pg_constraint WHERE connamespace = 'public'::regnamespace "
                  "AND convalidated AND contype <> 'n'",
                  "4");
}

static void violations_are_told_and_the_rest_restored(size_t jobs)
{
    struct error e = {0};
    test_database_run(&db, schema);
    test_database_run(&db, planted);
    test_database_run(&db, doubled);
    if (!take_and_restore(jobs, true, &e))
        fail_msg("%s", e.message);
    assert_int_equal(violations.count, 2);
    bool key = false, reference = false;
    for (size_t i = 0; i < violations.count; i++) {
        print_message("# %s\n", violations.lines[i]);
        key = key || strstr(violations.lines[i], "parent_name_key");
        reference = reference || strstr(violations.lines[i], "to_parent");
    }
    assert_true(key);
    assert_true(reference);
    expect_answer(&copy.connection, "SELECT count(*) FROM child", "2");
    expect_answer(&copy.connection,
                  "SELECT convalidated FROM pg_constraint WHERE conname = 'to_parent'", "f");
    expect_answer(&copy.connection, "SELECT to_regclass('child_parent') IS NOT NULL", "t");
}

static void one_at_a_time(void **state)
{
    (void)state;
    violations_are_told_and_the_rest_restored(1);
}

static void several_at_a_time(void **state)
{
    (void)state;
    violations_are_told_and_the_rest_restored(2);
}

static void without_a_place_to_tell_they_are_an_error(void **state)
{
    (void)state;
    struct error e = {0};
    test_database_run(&db, schema);
    test_database_run(&db, planted);
    assert_false(take_and_restore(1, false, &e));
    assert_non_null(strstr(e.message, "to_parent"));
}

/* What fails for another reason is no violation. */
static void other_trouble_is_an_error(void **state)
{
    (void)state;
    struct error e = {0};
    test_database_run(&db, schema);
    test_database_run(&db, "CREATE FUNCTION f(i int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS "
                           "'BEGIN IF current_database() ~ ''copy'' THEN RAISE ''not here''; "
                           "END IF; RETURN i; END'; CREATE INDEX by_f ON parent (f(id))");
    assert_false(take_and_restore(2, true, &e));
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
    assert_non_null(strstr(e.message, "not here"));
    assert_int_equal(violations.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sound_rows_violate_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_at_a_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(several_at_a_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_trouble_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_place_to_tell_they_are_an_error, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("backup_violations", tests, NULL, NULL) ? 1 : 0;
}
