/* Each row first shows that nothing changed, then does something and demands what is told of it. */
#include "server.h"

#include "schema/row_versions.h"

struct deed {
    const char *name, *deed, *expect; /* NULL: nothing must be told */
};

static const struct deed deeds[] = {
    {"reading", "SELECT * FROM t", NULL},
    {"ANALYZE and VACUUM FREEZE", "VACUUM (FREEZE, ANALYZE) t", NULL},
    {"a failed transaction", "BEGIN; DELETE FROM t WHERE id = 1; ROLLBACK", NULL},
    {"an update to the same value", "UPDATE t SET v = v WHERE id = 1",
     "public.t: 1 new row version, 1 gone"},
    {"an insert", "INSERT INTO t VALUES (8, 8), (9, 9)", "public.t: 2 new row versions, 0 gone"},
    {"a delete", "DELETE FROM t WHERE id = 2", "public.t: 0 new row versions, 1 gone"},
    {"a rewrite", "ALTER TABLE t ALTER v TYPE bigint", "public.t: rewritten; had 3 rows, has 3"},
    {"a truncation", "TRUNCATE t", "public.t: rewritten; had 3 rows, has 0"},
    {"a sequence's step", "SELECT nextval('free_seq')",
     "public.free_seq: was at 1 f, is now at 1 t"},
    {"a sequence's restart", "ALTER SEQUENCE free_seq RESTART", "rewritten"},
    {"a dropped table", "DROP TABLE t", "public.t: is gone"},
    {"a new table", "CREATE TABLE odd.\"T\" (a int)", "odd.\"T\": is new"},
    {"a partition's row", "UPDATE p SET a = a", "public.p1: 1 new row version, 1 gone"},
    {"a materialised view", "REFRESH MATERIALIZED VIEW m", "public.m: rewritten"},
};

static struct test_database db;

static void take(const struct row_versions *since, struct row_versions *v)
{
    struct error e = {0};
    if (!row_versions_take(&db.connection, since, v, &e))
        fail_msg("%s", e.message);
}

static void test_deed(void **state)
{
    const struct deed *deed = *state;
    struct row_versions before, after;
    struct row_version_changes changes;
    take(NULL, &before);
    take(&before, &after);
    row_versions_compare(&before, &after, &changes);
    assert_int_equal(changes.count, 0);
    row_versions_release(&after);
    test_database_run(&db, deed->deed);
    take(&before, &after);
    row_versions_compare(&before, &after, &changes);
    assert_int_equal(changes.count, deed->expect ? 1 : 0);
    if (deed->expect && !strstr(changes.lines[0], deed->expect))
        fail_msg("expected \"%s\", got \"%s\"", deed->expect, changes.lines[0]);
    row_version_changes_release(&changes);
    row_versions_release(&before);
    row_versions_release(&after);
}

static void test_empty_database(void **state)
{
    (void)state;
    struct row_versions v;
    test_database_run(&db, "DROP SCHEMA public, odd CASCADE");
    take(NULL, &v);
    assert_int_equal(v.count, 0);
    row_versions_release(&v);
    test_database_run(&db, "CREATE SCHEMA public; CREATE SEQUENCE alone");
    take(NULL, &v);
    assert_int_equal(v.count, 1);
    assert_true(v.items[0].is_sequence);
    row_versions_release(&v);
}

static int prepare(void **state)
{
    (void)state;
    struct error e = {0};
    return connection_run(
               &db.connection,
               "DROP SCHEMA IF EXISTS public, odd CASCADE; CREATE SCHEMA public;"
               "CREATE SCHEMA odd; CREATE SEQUENCE free_seq;"
               "CREATE TABLE t (id int, v int); INSERT INTO t VALUES (1, 1), (2, 2), (3, 3);"
               "CREATE TABLE p (a int) PARTITION BY LIST (a);"
               "CREATE TABLE p1 PARTITION OF p DEFAULT; INSERT INTO p VALUES (1);"
               "CREATE MATERIALIZED VIEW m AS SELECT 1",
               &e)
               ? 0
               : -1;
}

static int create(void **state)
{
    (void)state;
    return test_database_create(&db, "pgr_test_row_versions");
}

static int drop(void **state)
{
    (void)state;
    return test_database_drop(&db);
}

int main(void)
{
    enum { DEEDS = sizeof deeds / sizeof *deeds };
    static struct CMUnitTest tests[DEEDS + 1];
    for (size_t i = 0; i < DEEDS; i++) {
        void *row = (void *)(uintptr_t)&deeds[i];
        tests[i] = (struct CMUnitTest){deeds[i].name, test_deed, prepare, NULL, row};
    }
    tests[DEEDS] =
        (struct CMUnitTest){"test_empty_database", test_empty_database, prepare, NULL, NULL};
    return cmocka_run_group_tests_name("row versions", tests, create, drop) ? 1 : 0;
}
