/*
 * Each row of `cases` changes tables of which a clone was made before, and demands the whole list
 * of what became of their data: every loss has a sound twin that keeps each value.
 */
#include "server.h"

#include "base/text.h"
#include "schema/data_compare.h"
#include "schema/table_marks.h"

struct data_case {
    const char *name, *setup, *change, *expect;
};

#define ORDERS                                                                                     \
    "CREATE TABLE orders (id int PRIMARY KEY, note text, n int);"                                  \
    "INSERT INTO orders VALUES (1, 'a', 10), (2, NULL, 20);"

static const struct data_case cases[] = {
    {"nothing changes", ORDERS, "SELECT 1", ""},
    {"a column is added", ORDERS, "ALTER TABLE orders ADD day date NOT NULL DEFAULT now()", ""},
    {"a table is dropped", ORDERS, "DROP TABLE orders",
     "drops the rows of public.orders: 2 rows\n"},
    {"a column is dropped", ORDERS, "ALTER TABLE orders DROP note",
     "drops the values of public.orders.note: 1 value\n"},
    {"a row is deleted", ORDERS, "DELETE FROM orders WHERE id = 1",
     "deletes rows of public.orders: 1 row (id 1)\n"},
    {"a row is inserted", ORDERS, "INSERT INTO orders VALUES (3)",
     "inserts rows into public.orders: 1 row (id 3)\n"},
    {"a value changes", ORDERS, "UPDATE orders SET note = 'b' WHERE id = 1",
     "changes values of public.orders.note: 1 row (id 1)\n"},
    {"a value becomes NULL", ORDERS, "UPDATE orders SET note = NULL",
     "changes values of public.orders.note: 1 row (id 1)\n"},
    {"a NULL is filled", ORDERS, "UPDATE orders SET note = '' WHERE note IS NULL",
     "fills NULLs of public.orders.note: 1 row (id 2)\n"},
    {"a row is written without a change", ORDERS, "UPDATE orders SET note = note", ""},
    {"a table is renamed", ORDERS, "ALTER TABLE orders RENAME TO purchases", ""},
    {"a renamed table loses a row", ORDERS,
     "ALTER TABLE orders RENAME TO purchases; DELETE FROM purchases WHERE id = 2",
     "deletes rows of public.orders: 1 row (id 2)\n"},
    {"a table moves to another schema", ORDERS,
     "CREATE SCHEMA elsewhere; ALTER TABLE orders SET SCHEMA elsewhere", ""},
    {"a column is renamed", ORDERS, "ALTER TABLE orders RENAME note TO remark", ""},
    {"a renamed column is changed", ORDERS,
     "ALTER TABLE orders RENAME n TO amount; UPDATE orders SET amount = amount + 1",
     "changes values of public.orders.n: 2 rows (id 1, id 2)\n"},
    {"the key is renamed", ORDERS, "ALTER TABLE orders RENAME id TO number", ""},
    {"a table is made anew with its rows", ORDERS,
     "CREATE TABLE new_orders (LIKE orders INCLUDING ALL); INSERT INTO new_orders SELECT * FROM "
     "orders;"
     "DROP TABLE orders; ALTER TABLE new_orders RENAME TO orders",
     ""},
    {"a table is made anew without them", ORDERS,
     "DROP TABLE orders; CREATE TABLE orders (id int PRIMARY KEY, note text, n int)",
     "deletes rows of public.orders: 2 rows (id 1, id 2)\n"},
    {"a column is made anew with its values", ORDERS,
     "ALTER TABLE orders ADD m bigint; UPDATE orders SET m = n; ALTER TABLE orders DROP n;"
     "ALTER TABLE orders RENAME m TO n",
     ""},
    {"a table becomes a partition of its own name", ORDERS,
     "ALTER TABLE orders RENAME TO orders_1; CREATE TABLE orders (LIKE orders_1) PARTITION BY "
     "RANGE (id);"
     "ALTER TABLE orders ATTACH PARTITION orders_1 FOR VALUES FROM (0) TO (100);"
     "CREATE TABLE orders_2 PARTITION OF orders FOR VALUES FROM (100) TO (200)",
     ""},
    {"rows move between partitions",
     "CREATE TABLE p (k int, v text) PARTITION BY LIST (k);"
     "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1, 2); INSERT INTO p VALUES (1, 'a'), (2, 'b')",
     "CREATE TABLE q (LIKE p); INSERT INTO q SELECT * FROM p WHERE k = 2; DELETE FROM p WHERE k = "
     "2;"
     "ALTER TABLE p DETACH PARTITION p1; ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN (1);"
     "ALTER TABLE p ATTACH PARTITION q FOR VALUES IN (2)",
     ""},
    {"two tables swap their names", ORDERS "CREATE TABLE other (LIKE orders INCLUDING ALL)",
     "ALTER TABLE orders RENAME TO x; ALTER TABLE other RENAME TO orders; ALTER TABLE x RENAME TO "
     "other",
     ""},
    {"a column gives its name to a new one",
     "CREATE TABLE t (id int PRIMARY KEY, kind text NOT NULL); INSERT INTO t VALUES (1, 'a')",
     "ALTER TABLE t RENAME kind TO format; ALTER TABLE t ADD kind text NOT NULL DEFAULT ''", ""},
    {"a column is emptied under another name",
     "CREATE TABLE t (id int PRIMARY KEY, kind text NOT NULL); INSERT INTO t VALUES (1, 'a')",
     "ALTER TABLE t RENAME kind TO format; ALTER TABLE t ADD kind text NOT NULL DEFAULT ''; UPDATE "
     "t SET format = ''",
     "changes values of public.t.kind: 1 row (id 1)\n"},
    {"a column is copied under its old name",
     "CREATE TABLE t (id int PRIMARY KEY, kind text NOT NULL); INSERT INTO t VALUES (1, 'a')",
     "ALTER TABLE t RENAME kind TO old; ALTER TABLE t ADD kind text; UPDATE t SET kind = old, old "
     "= "
     "''",
     ""},
    {"integer becomes bigint", ORDERS,
     "ALTER TABLE orders ALTER id TYPE bigint, ALTER n TYPE bigint", ""},
    {"integer becomes numeric", ORDERS, "ALTER TABLE orders ALTER n TYPE numeric(12,4)", ""},
    {"integer becomes text", ORDERS, "ALTER TABLE orders ALTER n TYPE text", ""},
    {"a number is divided on the way", ORDERS,
     "ALTER TABLE orders ALTER n TYPE numeric USING n / 100.0",
     "changes values of public.orders.n: 2 rows (id 1, id 2)\n"},
    {"a numeric gets more digits",
     "CREATE TABLE t (id int PRIMARY KEY, v numeric(8,2)); INSERT INTO t VALUES (1, 1.5)",
     "ALTER TABLE t ALTER v TYPE numeric(12,6)", ""},
    {"a numeric gets fewer",
     "CREATE TABLE t (id int PRIMARY KEY, v numeric(8,2)); INSERT INTO t VALUES (1, 1.51), (2, 3)",
     "ALTER TABLE t ALTER v TYPE numeric(8,1)", "changes values of public.t.v: 1 row (id 1)\n"},
    {"real becomes double precision",
     "CREATE TABLE t (id int PRIMARY KEY, v real); INSERT INTO t VALUES (1, 0.1)",
     "ALTER TABLE t ALTER v TYPE float8", ""},
    {"double precision becomes real",
     "CREATE TABLE t (id int PRIMARY KEY, v float8); INSERT INTO t VALUES (1, 0.1234567890123)",
     "ALTER TABLE t ALTER v TYPE real", "changes values of public.t.v: 1 row (id 1)\n"},
    {"varchar becomes text",
     "CREATE TABLE t (id int PRIMARY KEY, v varchar(9)); INSERT INTO t VALUES (1, 'a ')",
     "ALTER TABLE t ALTER v TYPE text", ""},
    {"text is cut",
     "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'abc'), (2, 'a')",
     "ALTER TABLE t ALTER v TYPE varchar(2) USING left(v, 2)",
     "changes values of public.t.v: 1 row (id 1)\n"},
    {"char is widened",
     "CREATE TABLE t (id int PRIMARY KEY, v char(3)); INSERT INTO t VALUES (1, 'ab')",
     "ALTER TABLE t ALTER v TYPE char(9)", ""},
    {"char becomes text",
     "CREATE TABLE t (id int PRIMARY KEY, v char(5)); INSERT INTO t VALUES (1, 'ab')",
     "ALTER TABLE t ALTER v TYPE text", ""},
    {"text becomes uuid",
     "CREATE TABLE t (id int PRIMARY KEY, v text);"
     "INSERT INTO t VALUES (1, 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11')",
     "ALTER TABLE t ALTER v TYPE uuid USING v::uuid", ""},
    {"'007' becomes 7",
     "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, '007'), (2, '8')",
     "ALTER TABLE t ALTER v TYPE int USING v::int", "changes values of public.t.v: 1 row (id 1)\n"},
    {"text becomes an enum",
     "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'new')",
     "CREATE TYPE state AS ENUM ('new', 'old'); ALTER TABLE t ALTER v TYPE state USING v::state",
     ""},
    {"an enum is made anew",
     "CREATE TYPE state AS ENUM ('new', 'old');"
     "CREATE TABLE t (id int PRIMARY KEY, v state); INSERT INTO t VALUES (1, 'new')",
     "ALTER TYPE state RENAME TO state_old; CREATE TYPE state AS ENUM ('new');"
     "ALTER TABLE t ALTER v TYPE state USING v::text::state; DROP TYPE state_old",
     ""},
    {"labels are mapped",
     "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'new'), (2, 'old')",
     "CREATE TYPE state AS ENUM ('fresh', 'old');"
     "ALTER TABLE t ALTER v TYPE state USING CASE v WHEN 'new' THEN 'fresh' ELSE v END::state",
     "changes values of public.t.v: 1 row (id 1)\n"},
    {"json becomes jsonb",
     "CREATE TABLE t (id int PRIMARY KEY, v json); INSERT INTO t VALUES (1, '{\"b\":1,  \"a\":2}')",
     "ALTER TABLE t ALTER v TYPE jsonb", ""},
    {"json becomes jsonb, and a key was there twice",
     "CREATE TABLE t (id int PRIMARY KEY, v json);"
     "INSERT INTO t VALUES (1, '{\"b\":1, \"a\":2, \"b\":3}'), (2, '{\"b\":1, \"a\":2}')",
     "ALTER TABLE t ALTER v TYPE jsonb", "changes values of public.t.v: 1 row (id 1)\n"},
    {"json is written with its keys in another order",
     "CREATE TABLE t (id int PRIMARY KEY, v json); INSERT INTO t VALUES (1, '{\"b\":1,  \"a\":2}')",
     "UPDATE t SET v = v::jsonb", ""},
    {"json gets another value",
     "CREATE TABLE t (id int PRIMARY KEY, v json); INSERT INTO t VALUES (1, '{\"b\":1,  \"a\":2}')",
     "UPDATE t SET v = '{\"b\":1}'", "changes values of public.t.v: 1 row (id 1)\n"},
    {"a column becomes a generated one",
     "CREATE TABLE t (id int PRIMARY KEY, v int, w int); INSERT INTO t VALUES (1, 1, 2)",
     "ALTER TABLE t DROP w, ADD w int GENERATED ALWAYS AS (v * 2) STORED", ""},
    {"a column becomes a generated one with other values",
     "CREATE TABLE t (id int PRIMARY KEY, v int, w int); INSERT INTO t VALUES (1, 1, 3)",
     "ALTER TABLE t DROP w, ADD w int GENERATED ALWAYS AS (v * 2) STORED",
     "changes values of public.t.w: 1 row (id 1)\n"},
    {"a moment gets a zone by way of UTC",
     "CREATE TABLE t (id int PRIMARY KEY, v timestamp); INSERT INTO t VALUES (1, '2025-01-02 "
     "03:04')",
     "ALTER TABLE t ALTER v TYPE timestamptz USING v AT TIME ZONE 'UTC'", ""},
    {"a moment is moved on the way",
     "CREATE TABLE t (id int PRIMARY KEY, v timestamp); INSERT INTO t VALUES (1, '2025-01-02 "
     "03:04')",
     "ALTER TABLE t ALTER v TYPE timestamptz USING v AT TIME ZONE 'Asia/Kolkata'",
     "changes values of public.t.v: 1 row (id 1)\n"},
    {"a date becomes a moment",
     "CREATE TABLE t (id int PRIMARY KEY, v date); INSERT INTO t VALUES (1, '2025-01-02')",
     "ALTER TABLE t ALTER v TYPE timestamptz USING v::timestamp AT TIME ZONE 'UTC'", ""},
    {"a moment becomes a date",
     "CREATE TABLE t (id int PRIMARY KEY, v timestamp); INSERT INTO t VALUES (1, '2025-01-02 "
     "03:04')",
     "ALTER TABLE t ALTER v TYPE date", "changes values of public.t.v: 1 row (id 1)\n"},
    {"seconds become a moment",
     "CREATE TABLE t (id int PRIMARY KEY, v bigint); INSERT INTO t VALUES (1, 1736000000)",
     "ALTER TABLE t ALTER v TYPE timestamptz USING to_timestamp(v)", ""},
    {"a boolean becomes a number",
     "CREATE TABLE t (id int PRIMARY KEY, v boolean); INSERT INTO t VALUES (1, true)",
     "ALTER TABLE t ALTER v TYPE int USING v::int", ""},
    {"a number becomes a boolean",
     "CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 5), (2, 1)",
     "ALTER TABLE t ALTER v TYPE boolean USING v::boolean",
     "changes values of public.t.v: 1 row (id 1)\n"},
    {"without a key, nothing changes", "CREATE TABLE t (v text); INSERT INTO t VALUES ('a'), ('a')",
     "ALTER TABLE t ADD w int", ""},
    {"without a key, a row of two is deleted",
     "CREATE TABLE t (v text); INSERT INTO t VALUES ('a'), ('b')", "DELETE FROM t WHERE v = 'a'",
     "deletes rows of public.t: 1 row (v a)\n"},
    {"without a key, a value changes",
     "CREATE TABLE t (v text, w int); INSERT INTO t VALUES ('a', 1), ('b', 2)",
     "UPDATE t SET w = 3 WHERE v = 'a'", "changes values of public.t.w: 1 row (v, w = a, 1)\n"},
    {"the key is given up", ORDERS, "ALTER TABLE orders DROP CONSTRAINT orders_pkey", ""},
    {"odd names",
     "CREATE TABLE \"a \"\"b\" (\"k%s\" int PRIMARY KEY, \"from\" text);"
     "INSERT INTO \"a \"\"b\" VALUES (1, 'x')",
     "UPDATE \"a \"\"b\" SET \"from\" = 'y'",
     "changes values of public.\"a \"\"b\".\"from\": 1 row (\"k%s\" 1)\n"},
    {"a generated column follows",
     "CREATE TABLE t (id int PRIMARY KEY, v int, g int GENERATED ALWAYS AS (v * 2) STORED);"
     "INSERT INTO t VALUES (1, 1)",
     "ALTER TABLE t DROP g", ""},
    {"a child by inheritance keeps its rows",
     ORDERS "CREATE TABLE rush (fee int) INHERITS (orders); INSERT INTO rush VALUES (9, 'r', 1, 5)",
     "UPDATE ONLY orders SET note = 'z' WHERE id = 1",
     "changes values of public.orders.note: 1 row (id 1)\n"},
};

enum { COUNT = sizeof cases / sizeof *cases };

/* One database for all: each case has a schema of its own, with a name that needs quotes. */
struct compared {
    struct test_database database;
    struct connection clone;
    char *clone_name;
    struct data_changes changes;
};

static void run_in_schema(struct test_database *d, size_t number, const char *sql)
{
    char *all = memory_format("SET search_path = \"S. %02zu\", public; %s", number, sql);
    test_database_run(d, all);
    free(all);
}

/* What is not read, since it is unchanged, is not to be missed. */
static bool are_same(const struct data_changes *quick, const struct data_changes *whole)
{
    bool same = quick->count == whole->count && quick->tables == whole->tables &&
                quick->rows == whole->rows && quick->empty_count == whole->empty_count;
    for (size_t i = 0; same && i < whole->count; i++) {
        char *is = data_change_sentence(&quick->items[i]);
        char *should_be = data_change_sentence(&whole->items[i]);
        same = strcmp(is, should_be) == 0;
        if (!same)
            print_error("%s, instead of %s\n", is, should_be);
        free(is);
        free(should_be);
    }
    for (size_t i = 0; same && i < whole->empty_count; i++)
        same = strcmp(quick->empty[i], whole->empty[i]) == 0;
    return same;
}

static int compare_all(void **state)
{
    static struct compared all;
    struct error e = {0};
    *state = &all;
    if (test_database_create(&all.database, "data_compare") != 0)
        return -1;
    for (size_t i = 0; i < COUNT; i++) {
        char *create = memory_format("CREATE SCHEMA \"S. %02zu\"", i);
        test_database_run(&all.database, create);
        free(create);
        run_in_schema(&all.database, i, cases[i].setup);
    }
    all.clone_name = test_database_clone(&all.database, &all.clone);
    char *since = table_marks_moment(&all.clone, &e);
    for (size_t i = 0; i < COUNT; i++)
        run_in_schema(&all.database, i, cases[i].change);
    struct data_changes quick = {0};
    bool good =
        data_compare(&all.clone, &all.database.connection, NULL, NULL, 0, &all.changes, &e) &&
        data_compare(&all.clone, &all.database.connection, since, NULL, 0, &quick, &e);
    if (!good)
        print_error("%s\n", e.message);
    good = good && are_same(&quick, &all.changes);
    data_changes_release(&quick);
    free(since);
    return good ? 0 : -1;
}

static int drop_all(void **state)
{
    struct compared *all = *state;
    struct error e = {0};
    connection_close(&all->clone);
    char *drop = memory_format("DROP DATABASE IF EXISTS %s", all->clone_name);
    bool good = connection_run(&all->database.server, drop, &e);
    free(drop);
    free(all->clone_name);
    data_changes_release(&all->changes);
    return test_database_drop(&all->database) == 0 && good ? 0 : -1;
}

/* The sentences about tables of the case, with `public` for its schema. */
static char *sentences_of(const struct data_changes *changes, size_t number)
{
    struct text t = {0};
    char *schema = memory_format("\"S. %02zu\"", number);
    for (size_t i = 0; i < changes->count; i++) {
        char *line = data_change_sentence(&changes->items[i]), *at = strstr(line, schema);
        if (at)
            text_append_format(&t, "%.*spublic%s\n", (int)(at - line), line, at + strlen(schema));
        free(line);
    }
    free(schema);
    return text_detach(&t);
}

static size_t next_case; /* cmocka runs the tests in their order */

static void test_case(void **state)
{
    const struct compared *all = *state;
    size_t number = next_case++;
    char *found = sentences_of(&all->changes, number);
    assert_string_equal(found, cases[number].expect);
    free(found);
}

int main(void)
{
    struct CMUnitTest tests[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        tests[i] = (struct CMUnitTest){cases[i].name, test_case, NULL, NULL, NULL};
    return cmocka_run_group_tests_name("data_compare", tests, compare_all, drop_all) ? 1 : 0;
}
