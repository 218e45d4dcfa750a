/*
 * Each row of `changes` marks a table, changes it, and says whether the mark has to be another one.
 * Where it is the same, the rows that are read have to be the same, too.
 */
#include "server.h"

#include "base/clock.h"
#include "schema/fingerprint.h"
#include "schema/table_marks.h"

struct change {
    const char *name;
    const char *setup;
    const char *change, *then; /* two, for what cannot be run in one transaction; or NULL */
    enum {
        SAME,
        SEEN,
        NEVER
    } mark; /* the same, another one or none; there is none from the start */
};

#define TABLE "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a'), (2, 'b')"
#define FREEZE                                                                                     \
    "BEGIN; TRUNCATE t; COPY t FROM PROGRAM 'printf \"1\\ta\\n2\\tc\\n\"' (FREEZE); COMMIT"

static const struct change changes[] = {
    {"nothing happens", TABLE, "SELECT 1", NULL, SAME},
    {"a row is changed in its place", TABLE, "UPDATE t SET v = 'c' WHERE id = 2", NULL, SEEN},
    {"a row is lost", TABLE, "DELETE FROM t WHERE id = 2", NULL, SEEN},
    {"a row is added", TABLE, "INSERT INTO t VALUES (3, 'c')", NULL, SEEN},
    {"a row is lost and one added", TABLE,
     "DELETE FROM t WHERE id = 2; INSERT INTO t VALUES (3, 'c')", NULL, SEEN},
    {"a row that was locked is changed", TABLE,
     "BEGIN; SELECT FROM t FOR UPDATE; UPDATE t SET v = 'c' WHERE id = 1; COMMIT", NULL, SEEN},
    {"it is emptied and filled again", TABLE, "TRUNCATE t; INSERT INTO t VALUES (1, 'a'), (2, 'c')",
     NULL, SEEN},
    {"it is filled again with frozen rows", TABLE, FREEZE, NULL, SEEN},
    {"a change is frozen", TABLE, "UPDATE t SET v = 'c' WHERE id = 2", "VACUUM FREEZE t", SEEN},
    {"a change is written into a new file", TABLE, "UPDATE t SET v = 'c' WHERE id = 2",
     "VACUUM FULL t", SEEN},
    {"a change is not counted", TABLE,
     "SET track_counts = off; UPDATE t SET v = 'c' WHERE id = 2; SET track_counts = on", NULL,
     SEEN},
    {"counters are set back", TABLE, "UPDATE t SET v = 'c' WHERE id = 2; SELECT pg_stat_reset()",
     NULL, SEEN},
    {"a change is kept and another one taken back", TABLE,
     "BEGIN; UPDATE t SET v = 'c' WHERE id = 2; SAVEPOINT s; UPDATE t SET v = 'd'; ROLLBACK TO s;"
     "COMMIT",
     NULL, SEEN},
    {"a trigger changes it",
     TABLE "; CREATE TABLE u (id int);"
           "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS "
           "$$BEGIN UPDATE public.t SET v = 'c' WHERE id = 2; RETURN NULL; END$$;"
           "CREATE TRIGGER f AFTER INSERT ON u EXECUTE FUNCTION f()",
     "INSERT INTO u VALUES (1)", NULL, SEEN},
    {"it is made again with the same rows", TABLE,
     "CREATE TABLE u AS TABLE t; DROP TABLE t; ALTER TABLE u RENAME TO t", NULL, SEEN},
    {"another table takes its name",
     TABLE "; CREATE TABLE u (id int PRIMARY KEY, v text);"
           "INSERT INTO u VALUES (1, 'a'), (2, 'c')",
     "ALTER TABLE t RENAME TO w; ALTER TABLE u RENAME TO t", NULL, SEEN},
    {"its schema changes names with another",
     TABLE
     "; CREATE SCHEMA s;"
     "CREATE TABLE s.t (id int PRIMARY KEY, v text); INSERT INTO s.t VALUES (1, 'a'), (2, 'c')",
     "ALTER SCHEMA public RENAME TO w; ALTER SCHEMA s RENAME TO public", NULL, SEEN},
    {"columns change names",
     "CREATE TABLE t (id int, v text, w text); INSERT INTO t VALUES "
     "(1, 'a', 'b')",
     "ALTER TABLE t RENAME v TO x; ALTER TABLE t RENAME w TO v; ALTER TABLE t RENAME x TO w", NULL,
     SEEN},
    {"a column is added, and no row is written", TABLE, "ALTER TABLE t ADD w int DEFAULT 7", NULL,
     SEEN},
    {"a column is gone", TABLE, "ALTER TABLE t DROP v", NULL, SEEN},
    {"a column gets another type, and no row is written",
     "CREATE TABLE t (id int, v varchar(5)); INSERT INTO t VALUES (1, 'a')",
     "ALTER TABLE t ALTER v TYPE text", NULL, SEEN},
    {"a column gets another type, and every row is written", TABLE,
     "ALTER TABLE t ALTER id TYPE bigint", NULL, SEEN},
    {"a label has another name",
     "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (id int, v mood, w mood[]);"
     "INSERT INTO t VALUES (1, 'a', '{b}')",
     "ALTER TYPE mood RENAME VALUE 'a' TO 'c'", NULL, SEEN},
    {"it gets a child", TABLE, "CREATE TABLE u () INHERITS (t); INSERT INTO u VALUES (3, 'c')",
     NULL, SEEN},
    {"its child is changed",
     TABLE "; CREATE TABLE u () INHERITS (t);"
           "INSERT INTO u VALUES (3, 'c')",
     "UPDATE u SET v = 'd'", NULL, NEVER},
    {"its partition is changed",
     "CREATE TABLE t (id int) PARTITION BY LIST (id); CREATE TABLE u PARTITION OF t DEFAULT;"
     "INSERT INTO t VALUES (1)",
     "UPDATE t SET id = 2", NULL, NEVER},
    {"another table is changed", TABLE "; CREATE TABLE u (id int)", "INSERT INTO u VALUES (1)",
     NULL, SAME},
    {"another table is made and one is dropped", TABLE "; CREATE TABLE u (id int)",
     "CREATE TABLE w (id int); DROP TABLE u", NULL, SAME},
    {"a change is rolled back", TABLE, "BEGIN; UPDATE t SET v = 'c'; ROLLBACK", NULL, SAME},
    {"it is emptied, which is rolled back", TABLE, "BEGIN; TRUNCATE t; ROLLBACK", NULL, SAME},
    {"rows are locked", TABLE, "BEGIN; SELECT FROM t FOR UPDATE; COMMIT", NULL, SAME},
    {"it is written into a new file", TABLE, "VACUUM FULL t", NULL, SEEN},
    {"it is frozen as it was", TABLE, "VACUUM FREEZE t", NULL, SAME},
    {"a label is added",
     "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (id int, v mood);"
     "INSERT INTO t VALUES (1, 'a')",
     "ALTER TYPE mood ADD VALUE 'c'", NULL, SAME},
};

static struct test_database db;
static struct connection other;
static struct table_marks then, now;
static struct fingerprint before, after;

static int create(void **state)
{
    (void)state;
    return test_database_create(&db, "pgr_test_table_marks");
}

static int drop(void **state)
{
    (void)state;
    return test_database_drop(&db);
}

static int begin(void **state)
{
    (void)state;
    struct error e = {0};
    return connection_run(&db.connection,
                          "SET client_min_messages = error;"
                          "DO $$ DECLARE s text; BEGIN FOR s IN SELECT nspname FROM pg_namespace "
                          "WHERE nspname IN ('public', 's', 'w') LOOP "
                          "EXECUTE format('DROP SCHEMA %I CASCADE', s); END LOOP; END $$;"
                          "CREATE SCHEMA public",
                          &e) &&
                   connection_open(&other, db.url, NULL, &e)
               ? 0
               : -1;
}

static int end(void **state)
{
    (void)state;
    connection_close(&other);
    table_marks_release(&then);
    table_marks_release(&now);
    fingerprint_release(&before);
    fingerprint_release(&after);
    return 0;
}

static void take(const char *since, struct table_marks *m)
{
    struct error e = {0};
    if (!table_marks_take(&db.connection, since, m, &e))
        fail_msg("%s", e.message);
}

static bool has_mark(void)
{
    return table_marks_agree(&then, &then, "public.t");
}

/* Transactions elsewhere on the server may be older than the table: then it gets no mark yet. */
static void take_marked(void)
{
    double deadline = clock_seconds() + 120;
    take(NULL, &then);
    while (!has_mark() && clock_seconds() < deadline) {
        usleep(20000);
        table_marks_release(&then);
        take(NULL, &then);
    }
    assert_true(has_mark());
}

static void read_rows(struct fingerprint *rows)
{
    struct error e = {0};
    if (!fingerprint_take(&db.connection, "public.t", NULL, 0, rows, &e))
        fail_msg("%s", e.message);
}

static void run_elsewhere(const char *sql)
{
    struct error e = {0};
    if (sql && !connection_run(&other, sql, &e))
        fail_msg("%s, in: %s", e.message, sql);
}

static void judge(bool seen)
{
    take(then.since, &now);
    read_rows(&after);
    bool same = table_marks_agree(&then, &now, "public.t");
    assert_true(!same || fingerprint_equal(&before, &after));
    assert_int_equal(same, !seen);
}

static void test_change(void **state)
{
    const struct change *c = *state;
    test_database_run(&db, c->setup);
    if (c->mark == NEVER)
        take(NULL, &then);
    else
        take_marked();
    read_rows(&before);
    run_elsewhere(c->change);
    run_elsewhere(c->then);
    judge(c->mark != SAME);
}

/* Its number is less than that of a transaction that has ended when the marks are taken. */
static void test_older_transaction(void **state)
{
    (void)state;
    test_database_run(&db, TABLE);
    take_marked();
    table_marks_release(&then);
    run_elsewhere("BEGIN; SELECT pg_current_xact_id()");
    test_database_run(&db, "SELECT pg_current_xact_id()");
    take(NULL, &then);
    read_rows(&before);
    run_elsewhere("UPDATE t SET v = 'c' WHERE id = 2; COMMIT");
    judge(true);
}

static void test_many_tables(void **state)
{
    (void)state;
    test_database_run(&db,
                      TABLE "; DO $$ BEGIN FOR i IN 1..600 LOOP "
                            "EXECUTE format('CREATE TABLE u%s (id int)', i); END LOOP; END $$");
    take_marked();
    run_elsewhere("INSERT INTO u7 VALUES (1); DROP TABLE u300");
    take(then.since, &now);
    assert_int_equal(then.count, 601);
    assert_int_equal(now.count, 599);
    assert_true(table_marks_agree(&then, &now, "public.u600"));
    assert_false(table_marks_agree(&then, &now, "public.u7"));
    assert_false(table_marks_agree(&then, &now, "public.u300"));
    assert_false(table_marks_agree(&then, &now, "public.no_such_table"));
}

static void test_refused_table(void **state)
{
    (void)state;
    test_database_run(&db, TABLE);
    take_marked();
    test_database_run(&db, "CREATE ROLE pgr_test_marks_reader; GRANT USAGE ON SCHEMA public TO "
                           "pgr_test_marks_reader; SET ROLE pgr_test_marks_reader");
    take(then.since, &now);
    test_database_run(&db, "RESET ROLE; DROP OWNED BY pgr_test_marks_reader;"
                           "DROP ROLE pgr_test_marks_reader");
    assert_false(table_marks_agree(&then, &now, "public.t"));
}

/* Releases of clang-format lay out a macro of braces in different ways. */
// clang-format off
#define OWN(test) {#test, test, begin, end, NULL}
// clang-format on

int main(void)
{
    enum { CHANGES = sizeof changes / sizeof *changes };
    static const struct CMUnitTest own[] = {OWN(test_older_transaction), OWN(test_many_tables),
                                            OWN(test_refused_table)};
    enum { OWNS = sizeof own / sizeof *own };
    static struct CMUnitTest tests[CHANGES + OWNS];
    for (size_t i = 0; i < CHANGES; i++) {
        void *row = (void *)(uintptr_t)&changes[i];
        tests[i] = (struct CMUnitTest){changes[i].name, test_change, begin, end, row};
    }
    for (size_t i = 0; i < OWNS; i++)
        tests[CHANGES + i] = own[i];
    return cmocka_run_group_tests_name("table_marks", tests, create, drop) ? 1 : 0;
}
