/*
 * Each row of `damages` first takes two equal fingerprints of a table, then damages the data and
 * demands the sentence that tells of it.
 */
#include "server.h"

#include "schema/fingerprint.h"

struct damage {
    const char *name;
    const char *setup, *table, *damage, *expect;
};

#define TABLE(columns, values)                                                                     \
    "CREATE TABLE t (id int PRIMARY KEY, " columns "); INSERT INTO t VALUES " values

static const struct damage damages[] = {
    {"a row is lost", TABLE("v text", "(1, 'a'), (2, 'b')"), "t", "DELETE FROM t WHERE id = 1",
     "t: 1 row lost (id 1)"},
    {"a row is added", TABLE("v text", "(1, 'a')"), "t", "INSERT INTO t VALUES (7, 'b')",
     "t: 1 row added (id 7)"},
    {"a value changes", TABLE("v text, w int", "(1, 'a', 1), (2, 'b', 2)"), "t",
     "UPDATE t SET v = 'c' WHERE id = 2", "t: 1 row changed in v (id 2)"},
    {"two rows swap their values", TABLE("v text", "(1, 'a'), (2, 'b')"), "t",
     "UPDATE t SET v = CASE id WHEN 1 THEN 'b' ELSE 'a' END", "t: 2 rows changed in v ("},
    {"a lot changes", TABLE("v int, w int", "(1, 1), (2, 2), (3, 3)"), "t",
     "DELETE FROM t WHERE id = 1; UPDATE t SET w = 9; UPDATE t SET v = 8 WHERE id = 2;"
     "INSERT INTO t SELECT 10 + g FROM generate_series(1, 7) g",
     "t: 1 row lost (id 1), 7 added ("},
    {"NULL becomes ''", TABLE("v text", "(1, NULL)"), "t", "UPDATE t SET v = ''",
     "t: 1 row changed in v (id 1)"},
    {"a value moves to the next column", TABLE("v text, w text", "(1, 'ab', 'c')"), "t",
     "UPDATE t SET v = 'a', w = 'bc'", "t: 1 row changed in v, w (id 1)"},
    {"a trailing blank is lost", TABLE("v text", "(1, 'a ')"), "t", "UPDATE t SET v = 'a'",
     "changed in v"},
    {"a blank is lost from varchar", TABLE("v varchar(9)", "(1, 'a ')"), "t",
     "UPDATE t SET v = 'a'", "changed in v"},
    {"1.0 becomes 1.00", TABLE("v numeric", "(1, 1.0)"), "t", "UPDATE t SET v = 1.00",
     "changed in v"},
    {"0.0 becomes -0.0", TABLE("v float8", "(1, 0.0)"), "t", "UPDATE t SET v = '-0.0'",
     "changed in v"},
    {"the last bit of a float", TABLE("v float8", "(1, 0.1)"), "t",
     "UPDATE t SET v = 0.10000000000000002", "changed in v"},
    {"a number becomes NaN", TABLE("v float4", "(1, 1)"), "t", "UPDATE t SET v = 'NaN'",
     "changed in v"},
    {"a numeric becomes NaN", TABLE("v numeric", "(1, NULL)"), "t", "UPDATE t SET v = 'NaN'",
     "changed in v"},
    {"jsonb loses a scale", TABLE("v jsonb", "(1, '{\"a\": 1.0}')"), "t",
     "UPDATE t SET v = '{\"a\": 1}'", "changed in v"},
    {"json null becomes NULL", TABLE("v jsonb", "(1, 'null')"), "t", "UPDATE t SET v = NULL",
     "changed in v"},
    {"json loses a blank", TABLE("v json", "(1, '{\"a\":  1}')"), "t",
     "UPDATE t SET v = '{\"a\": 1}'", "changed in v"},
    {"bytea loses a zero", TABLE("v bytea", "(1, '\\x6100')"), "t", "UPDATE t SET v = '\\x61'",
     "changed in v"},
    {"an array's NULL becomes 'NULL'", TABLE("v text[]", "(1, '{NULL}')"), "t",
     "UPDATE t SET v = ARRAY['NULL']", "changed in v"},
    {"an array begins elsewhere", TABLE("v int[]", "(1, '{1,2}')"), "t",
     "UPDATE t SET v = '[0:1]={1,2}'", "changed in v"},
    {"a character beyond the BMP", TABLE("v text", "(1, U&'\\+01F600')"), "t",
     "UPDATE t SET v = U&'\\+01F601'", "changed in v"},
    {"a composed character", TABLE("v text", "(1, U&'\\00e9')"), "t",
     "UPDATE t SET v = U&'e\\0301'", "changed in v"},
    {"a microsecond", TABLE("v timestamptz", "(1, '2025-10-11 00:00:00.000001Z')"), "t",
     "UPDATE t SET v = '2025-10-11 00:00:00.000002Z'", "changed in v"},
    {"an interval of the same length", TABLE("v interval", "(1, '1 day')"), "t",
     "UPDATE t SET v = '24 hours'", "changed in v"},
    {"a vector's element", TABLE("v vector(3)", "(1, '[1,2,3]')"), "t",
     "UPDATE t SET v = '[1,2,3.0000002]'", "changed in v"},
    {"a vector in an array", TABLE("v vector[]", "(1, ARRAY['[1,2]'::vector])"), "t",
     "UPDATE t SET v = ARRAY['[1,2.0000002]'::vector]", "changed in v"},
    {"a type without binary form", TABLE("v aclitem", "(1, 'postgres=r/postgres')"), "t",
     "UPDATE t SET v = 'postgres=w/postgres'", "changed in v"},
    {"an array of such a type", TABLE("v aclitem[]", "(1, '{postgres=r/postgres}')"), "t",
     "UPDATE t SET v = '{postgres=w/postgres}'", "changed in v"},
    {"an enum", "CREATE TYPE mood AS ENUM ('a', 'b');" TABLE("v mood", "(1, 'a')"), "t",
     "UPDATE t SET v = 'b'", "changed in v"},
    {"a composite", "CREATE TYPE pair AS (a int, b text);" TABLE("v pair", "(1, (1, NULL))"), "t",
     "UPDATE t SET v = (1, '')", "changed in v"},
    {"a range's bound", TABLE("v numrange", "(1, '[1,2)')"), "t", "UPDATE t SET v = '[1,2]'",
     "changed in v"},
    {"the key changes", TABLE("v text", "(1, 'a')"), "t", "UPDATE t SET id = 2",
     "t: 1 row lost (id 1), 1 added (id 2)"},
    {"a key of two columns",
     "CREATE TABLE t (b text, a int, v int, PRIMARY KEY (a, b)); INSERT INTO t VALUES ('x', 1, 1)",
     "t", "UPDATE t SET v = 2", "t: 1 row changed in v (a, b = 1, x)"},
    {"without a key, a duplicate is lost",
     "CREATE TABLE t (v text); INSERT INTO t VALUES ('a'), ('a'), ('b')", "t",
     "DELETE FROM t WHERE ctid = '(0,1)'", "t: 1 row lost (v a)"},
    {"without a key, duplicates change sides",
     "CREATE TABLE t (v text); INSERT INTO t VALUES ('a'), ('a'), ('b'), ('b')", "t",
     "UPDATE t SET v = 'b' WHERE ctid = '(0,1)'", "t: 1 row lost (v a), 1 added (v b)"},
    {"the key is dropped and a row comes twice", TABLE("v text", "(1, 'a')"), "t",
     "ALTER TABLE t DROP CONSTRAINT t_pkey; INSERT INTO t VALUES (1, 'a')",
     "t: 1 row added (id 1)"},
    {"in a partition",
     "CREATE TABLE t (id int, v int) PARTITION BY LIST (id); CREATE TABLE t1 PARTITION OF t FOR "
     "VALUES IN (1); CREATE TABLE t2 PARTITION OF t DEFAULT; INSERT INTO t VALUES (1, 1), (2, 2)",
     "t", "DELETE FROM t2", "t: 1 row lost (id, v = 2, 2)"},
    {"in an heir",
     "CREATE TABLE t (id int); CREATE TABLE h () INHERITS (t); INSERT INTO h VALUES (1)", "t",
     "DELETE FROM h", "t: 1 row lost (id 1)"},
    {"a row hidden by row security",
     TABLE("v text", "(1, 'a')") "; ALTER TABLE t ENABLE ROW LEVEL SECURITY", "t",
     "UPDATE t SET v = 'b'", "t: 1 row changed in v (id 1)"},
    {"a column is gone", TABLE("v text", "(1, 'a')"), "public.t", "ALTER TABLE t DROP v",
     "column public.t.v is gone"},
    {"the key's column is gone", TABLE("v text", "(1, 'a')"), "t", "ALTER TABLE t DROP id",
     "column t.id is gone"},
    {"the table is gone", TABLE("v text", "(1, 'a')"), "t", "DROP TABLE t", "table t is gone"},
    {"an odd name",
     "CREATE TABLE \"My t\" (\"the id\" int PRIMARY KEY); INSERT INTO \"My t\" VALUES (1)", "My t",
     "DELETE FROM \"My t\"", "My t: 1 row lost (the id 1)"},
    {"a quoted name in a schema",
     "CREATE SCHEMA \"A\"; CREATE TABLE \"A\".\"T\" (t int PRIMARY KEY); INSERT INTO \"A\".\"T\" "
     "VALUES (1)",
     "\"A\".\"T\"", "DELETE FROM \"A\".\"T\"", "\"A\".\"T\": 1 row lost (t 1)"},
    {"a table of no columns", "CREATE TABLE t (); INSERT INTO t DEFAULT VALUES", "t",
     "DELETE FROM t", "t: 1 row lost"},
    {"a temporary table hides nothing", TABLE("v text", "(1, 'a')"), "t",
     "CREATE TEMP TABLE t (id int PRIMARY KEY, v text); DELETE FROM public.t",
     "t: 1 row lost (id 1)"},
};

static struct test_database db;

static void take(const char *table, struct fingerprint *f)
{
    struct error e = {0};
    if (!fingerprint_take(&db.connection, table, NULL, 0, f, &e))
        fail_msg("%s", e.message);
}

static void take_again(const struct fingerprint *before, struct fingerprint *f)
{
    struct error e = {0};
    if (!fingerprint_take_again(&db.connection, before, f, &e))
        fail_msg("%s", e.message);
}

static char *difference(const struct fingerprint *before, const struct fingerprint *after)
{
    struct fingerprint_difference d;
    fingerprint_compare(before, after, &d);
    assert_int_equal(d.differs, !fingerprint_equal(before, after));
    char *text = fingerprint_difference_text(before, after, &d);
    fingerprint_difference_release(&d);
    return text;
}

static void test_damage(void **state)
{
    const struct damage *row = *state;
    struct fingerprint before, same, after;
    test_database_run(&db, row->setup);
    take(row->table, &before);
    assert_int_equal(before.state, FINGERPRINT_TAKEN);
    take_again(&before, &same);
    assert_true(fingerprint_equal(&before, &same));
    char *text = difference(&before, &same);
    assert_non_null(strstr(text, "unchanged"));
    free(text);
    test_database_run(&db, row->damage);
    take_again(&before, &after);
    text = difference(&before, &after);
    if (!strstr(text, row->expect))
        fail_msg("expected \"%s\", got \"%s\"", row->expect, text);
    free(text);
    fingerprint_release(&before);
    fingerprint_release(&same);
    fingerprint_release(&after);
}

/* Order, storage, search path, new columns and other types of the same table's change nothing. */
static void test_same(void **state)
{
    (void)state;
    static const char *const same[] = {
        "UPDATE t SET v = v",
        "CLUSTER t USING t_pkey",
        "ALTER TABLE t ADD w int DEFAULT 1",
        "DELETE FROM t WHERE id = 1; INSERT INTO t (id, v, e) VALUES (1, 'a', '{x}')",
        "ALTER TABLE t ALTER e TYPE text[]; DROP TYPE mood; CREATE TYPE mood AS ENUM ('y', 'x');"
        "ALTER TABLE t ALTER e TYPE mood[] USING e::mood[]",
        "SET search_path = pg_catalog; SET DateStyle = 'SQL'; SET bytea_output = 'escape'",
    };
    test_database_run(&db, "CREATE TYPE mood AS ENUM ('x', 'y');"
                           "CREATE TABLE t (id int PRIMARY KEY, v text, e mood[],"
                           "  double int GENERATED ALWAYS AS (id * 2) STORED);"
                           "INSERT INTO t (id, v, e) VALUES (1, 'a', '{x}'), (2, 'b', '{y,x}')");
    struct fingerprint before, after;
    take("t", &before);
    assert_int_equal(before.column_count, 3);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        test_database_run(&db, same[i]);
        take_again(&before, &after);
        char *text = difference(&before, &after);
        assert_string_equal(text, "t: 2 rows, unchanged");
        free(text);
        fingerprint_release(&after);
    }
    fingerprint_release(&before);
}

/* Two rows swap the one column that is compared: the key must count too. */
static void test_columns_given(void **state)
{
    (void)state;
    static const char *const columns[] = {"v"};
    struct error e = {0};
    struct fingerprint before, after;
    test_database_run(&db, TABLE("v text, w int", "(1, 'a', 1), (2, 'b', 2)"));
    assert_true(fingerprint_take(&db.connection, "t", columns, 1, &before, &e));
    test_database_run(&db, "UPDATE t SET w = 9");
    take_again(&before, &after);
    assert_true(fingerprint_equal(&before, &after));
    fingerprint_release(&after);
    test_database_run(&db, "UPDATE t SET v = CASE v WHEN 'a' THEN 'b' ELSE 'a' END");
    take_again(&before, &after);
    assert_false(fingerprint_equal(&before, &after));
    fingerprint_release(&after);
    fingerprint_release(&before);
    static const char *const unknown[] = {"nope"};
    assert_true(fingerprint_take(&db.connection, "t", unknown, 1, &before, &e));
    assert_int_equal(before.state, FINGERPRINT_COLUMN_GONE);
    assert_string_equal(before.gone, "nope");
    fingerprint_release(&before);
}

/* A reader whom row security would filter gets an error, not a part of the rows. */
static void test_row_security(void **state)
{
    (void)state;
    struct error e = {0};
    struct fingerprint f;
    test_database_run(
        &db, TABLE("v text", "(1, 'a')") "; ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
                                         "CREATE ROLE pgr_reader; GRANT SELECT ON t TO pgr_reader;"
                                         "SET LOCAL ROLE pgr_reader");
    assert_false(fingerprint_take(&db.connection, "t", NULL, 0, &f, &e));
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
    assert_string_equal(e.sqlstate, "42501");
    assert_int_equal(PQtransactionStatus(db.connection.pg), PQTRANS_INTRANS);
}

static void test_samples_bounded(void **state)
{
    (void)state;
    struct fingerprint before, after;
    test_database_run(&db, TABLE("v text", "(0, 'a')") ";"
                                                       "INSERT INTO t SELECT g, repeat('x', g % "
                                                       "500) FROM generate_series(1, 20000) g");
    take("t", &before);
    assert_int_equal(before.rows, 20001);
    test_database_run(&db, "UPDATE t SET v = v || 'y' WHERE id % 100 = 0");
    take_again(&before, &after);
    char *text = difference(&before, &after);
    assert_non_null(strstr(text, "t: 201 rows changed in v (id "));
    assert_non_null(strstr(text, ", …)"));
    free(text);
    fingerprint_release(&before);
    fingerprint_release(&after);
}

static int create(void **state)
{
    (void)state;
    struct error e = {0};
    return test_database_create(&db, "pgr_test_fingerprint") == 0 &&
                   connection_run(&db.connection, "CREATE EXTENSION vector", &e)
               ? 0
               : -1;
}

static void digest_of(const char *table, bool sums, char digest[FINGERPRINT_DIGEST_LENGTH + 1])
{
    struct fingerprint f;
    struct error e = {0};
    if (!(sums ? fingerprint_take_sums(&db.connection, table, &f, &e)
               : fingerprint_take(&db.connection, table, NULL, 0, &f, &e)))
        fail_msg("%s", e.message);
    assert_false(sums && f.detailed);
    fingerprint_digest(&f, digest);
    fingerprint_release(&f);
}

/* Equal for the same rows in any order, and another for every difference. */
static void test_digest(void **state)
{
    (void)state;
    char first[FINGERPRINT_DIGEST_LENGTH + 1], other[sizeof first];
    test_database_run(&db, "CREATE TABLE t (id int PRIMARY KEY, v text);"
                           "INSERT INTO t VALUES (1, 'a'), (2, 'b'); CREATE SCHEMA s;"
                           "CREATE TABLE s.t (LIKE t INCLUDING ALL);"
                           "INSERT INTO s.t VALUES (2, 'b'), (1, 'a')");
    digest_of("t", false, first);
    assert_int_equal(strlen(first), FINGERPRINT_DIGEST_LENGTH);
    digest_of("s.t", true, other);
    assert_string_equal(first, other);
    static const char *const changes[] = {"UPDATE s.t SET v = 'c' WHERE id = 2",
                                          "INSERT INTO s.t VALUES (3, NULL)", "DELETE FROM s.t",
                                          "ALTER TABLE s.t RENAME v TO w"};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        test_database_run(&db, "SAVEPOINT as_it_was");
        test_database_run(&db, changes[i]);
        digest_of("s.t", true, other);
        assert_string_not_equal(first, other);
        test_database_run(&db, "ROLLBACK TO SAVEPOINT as_it_was");
    }
    digest_of("no_such_table", true, other);
    assert_string_equal(other, "");
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
    return connection_run(&db.connection, "BEGIN", &e) ? 0 : -1;
}

static int roll_back(void **state)
{
    (void)state;
    struct error e = {0};
    return connection_run(&db.connection, "ROLLBACK", &e) ? 0 : -1;
}

/* Releases of clang-format lay out a macro of braces in different ways. */
// clang-format off
#define OWN(test) {#test, test, begin, roll_back, NULL}
// clang-format on

int main(void)
{
    enum { DAMAGES = sizeof damages / sizeof *damages };
    static const struct CMUnitTest own[] = {OWN(test_same), OWN(test_columns_given),
                                            OWN(test_row_security), OWN(test_samples_bounded),
                                            OWN(test_digest)};
    enum { OWNS = sizeof own / sizeof *own };
    static struct CMUnitTest tests[DAMAGES + OWNS];
    for (size_t i = 0; i < DAMAGES; i++) {
        void *row = (void *)(uintptr_t)&damages[i];
        tests[i] = (struct CMUnitTest){damages[i].name, test_damage, begin, roll_back, row};
    }
    for (size_t i = 0; i < OWNS; i++)
        tests[DAMAGES + i] = own[i];
    return cmocka_run_group_tests_name("fingerprint", tests, create, drop) ? 1 : 0;
}
