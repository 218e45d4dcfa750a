/*
 * Values and rows that a change moves elsewhere are no loss, and what only looks moved is one. Each
 * case has a pair of databases of its own, since all tables of a database are searched.
 */
#include "server.h"

#include "base/text.h"
#include "schema/data_compare.h"

struct move {
    const char *name, *setup, *change, *expect;
};

#define ORDERS                                                                                     \
    "CREATE TABLE orders (id int PRIMARY KEY, note text, n int);"                                  \
    "INSERT INTO orders VALUES (1, 'a', 10), (2, NULL, 20);"

static const struct move moves[] = {
    {"a column's values move to a new one", ORDERS,
     "ALTER TABLE orders ADD m bigint; UPDATE orders SET m = n; ALTER TABLE orders DROP n", ""},
    {"to an old one that was empty",
     "CREATE TABLE t (id int PRIMARY KEY, a text, b text); INSERT INTO t VALUES (1, 'x'), (2, 'y')",
     "UPDATE t SET b = a; ALTER TABLE t DROP a",
     "fills NULLs of public.t.b: 2 rows (id 1, id 2)\n"},
    {"not all of them", ORDERS,
     "ALTER TABLE orders ADD m int; UPDATE orders SET m = n WHERE id = 1; ALTER TABLE orders DROP "
     "n",
     "drops the values of public.orders.n: 2 values\n"},
    {"to the wrong rows", ORDERS,
     "ALTER TABLE orders ADD m int; UPDATE orders SET m = 30 - n; ALTER TABLE orders DROP n",
     "drops the values of public.orders.n: 2 values\n"},
    {"one value for all proves nothing",
     "CREATE TABLE t (id int PRIMARY KEY, old bool); INSERT INTO t VALUES (1, false), (2, false)",
     "ALTER TABLE t ADD fresh bool DEFAULT false; ALTER TABLE t DROP old",
     "drops the values of public.t.old: 2 values\n"},
    {"nor does one value beside NULLs that are filled",
     "CREATE TABLE t (id int PRIMARY KEY, a text); INSERT INTO t VALUES (1, 'x'), (2, NULL)",
     "ALTER TABLE t ADD b text; UPDATE t SET b = coalesce(a, ''); ALTER TABLE t DROP a",
     "drops the values of public.t.a: 1 value\n"},
    {"they are filled where they were NULL",
     "CREATE TABLE t (id int PRIMARY KEY, a text); INSERT INTO t VALUES (1, 'x'), (2, NULL), (3, "
     "'y')",
     "ALTER TABLE t ADD b text; UPDATE t SET b = coalesce(a, ''); ALTER TABLE t DROP a", ""},
    {"without a key",
     "CREATE TABLE t (k int, a text); INSERT INTO t VALUES (1, 'x'), (1, 'x'), (2, 'y')",
     "ALTER TABLE t ADD b text; UPDATE t SET b = a; ALTER TABLE t DROP a", ""},
    {"without a key, to the wrong rows",
     "CREATE TABLE t (k int, a text); INSERT INTO t VALUES (1, 'x'), (2, 'y')",
     "ALTER TABLE t ADD b text; UPDATE t SET b = CASE a WHEN 'x' THEN 'y' ELSE 'x' END;"
     "ALTER TABLE t DROP a",
     "drops the values of public.t.a: 2 values\n"},
    {"into a document",
     "CREATE TABLE t (id int PRIMARY KEY, \"it's\" text, n int);"
     "INSERT INTO t VALUES (1, 'x', 1), (2, NULL, 2), (3, 'y', 3)",
     "ALTER TABLE t ADD more jsonb; UPDATE t SET more = jsonb_build_object('it''s', \"it's\", 'n', "
     "n);"
     "ALTER TABLE t DROP \"it's\", DROP n",
     ""},
    {"into a document that lacks one",
     "CREATE TABLE t (id int PRIMARY KEY, a text, n int); INSERT INTO t VALUES (1, 'x', 1), (3, "
     "'y', 3)",
     "ALTER TABLE t ADD more jsonb; UPDATE t SET more = jsonb_build_object('a', a);"
     "ALTER TABLE t DROP a, DROP n",
     "drops the values of public.t.n: 2 values\n"},
    {"to a table of names",
     "CREATE TABLE t (id int PRIMARY KEY, city text);"
     "INSERT INTO t VALUES (1, 'Rome'), (2, 'Oslo'), (3, 'Rome'), (4, NULL)",
     "CREATE TABLE cities (id serial PRIMARY KEY, name text UNIQUE);"
     "INSERT INTO cities (name) SELECT DISTINCT city FROM t WHERE city IS NOT NULL;"
     "ALTER TABLE t ADD city_id int REFERENCES cities;"
     "UPDATE t SET city_id = cities.id FROM cities WHERE name = city; ALTER TABLE t DROP city",
     ""},
    {"to a table of names, one of which was not linked",
     "CREATE TABLE t (id int PRIMARY KEY, city text);"
     "INSERT INTO t VALUES (1, 'Rome'), (2, 'Oslo'), (3, 'Rome')",
     "CREATE TABLE cities (id serial PRIMARY KEY, name text UNIQUE);"
     "INSERT INTO cities (name) SELECT DISTINCT city FROM t;"
     "ALTER TABLE t ADD city_id int REFERENCES cities;"
     "UPDATE t SET city_id = cities.id FROM cities WHERE name = city AND city <> 'Oslo';"
     "ALTER TABLE t DROP city",
     "drops the values of public.t.city: 3 values\n"},
    {"to a table beside it, by a foreign key of two columns",
     "CREATE TABLE t (a int, b int, bio text, PRIMARY KEY (a, b));"
     "INSERT INTO t VALUES (1, 1, 'x'), (1, 2, 'y')",
     "CREATE TABLE bios (ta int, tb int, bio text, UNIQUE (ta, tb), FOREIGN KEY (ta, tb) "
     "REFERENCES t);"
     "INSERT INTO bios SELECT * FROM t; ALTER TABLE t DROP bio",
     ""},
    {"to a table beside it, without a foreign key",
     "CREATE TABLE t (id int PRIMARY KEY, bio text); INSERT INTO t VALUES (1, 'x'), (2, 'y')",
     "CREATE TABLE bios (t_id int, bio text); INSERT INTO bios SELECT * FROM t; ALTER TABLE t DROP "
     "bio",
     ""},
    {"to a table beside it, each to its neighbour",
     "CREATE TABLE t (id int PRIMARY KEY, bio text); INSERT INTO t VALUES (1, 'p'), (2, 'q')",
     "CREATE TABLE bios (t_id int, bio text); INSERT INTO bios SELECT 3 - id, bio FROM t;"
     "ALTER TABLE t DROP bio",
     "drops the values of public.t.bio: 2 values\n"},
    {"all rows move to a new table", ORDERS,
     "CREATE TABLE purchases (number int PRIMARY KEY, id int, note text, n bigint);"
     "INSERT INTO purchases SELECT 100 + id, id, note, n FROM orders; DROP TABLE orders",
     ""},
    {"of one row that is elsewhere nothing can be said",
     "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'x')",
     "CREATE TABLE u (LIKE t); INSERT INTO u SELECT * FROM t; DROP TABLE t",
     "drops the rows of public.t: 1 row\n"},
    {"some rows move to a new table", ORDERS,
     "CREATE TABLE purchases (LIKE orders); INSERT INTO purchases SELECT * FROM orders LIMIT 1;"
     "DROP TABLE orders",
     "drops the rows of public.orders: 2 rows\n"},
    {"all rows move to a new table, changed", ORDERS,
     "CREATE TABLE purchases (LIKE orders); INSERT INTO purchases SELECT id, note, n + 1 FROM "
     "orders;"
     "DROP TABLE orders",
     "drops the rows of public.orders: 2 rows\n"},
    {"a table joins another",
     "CREATE TABLE a (id int PRIMARY KEY, v text); INSERT INTO a VALUES (1, 'a1'), (2, 'a2');"
     "CREATE TABLE b (id int PRIMARY KEY, v text); INSERT INTO b VALUES (3, 'b3'), (4, 'b4')",
     "INSERT INTO a SELECT * FROM b; DROP TABLE b",
     "inserts rows into public.a: 2 rows (id 3, id 4)\n"},
    {"rows go to an archive", ORDERS,
     "CREATE TABLE archive AS SELECT * FROM orders WHERE id = 2; DELETE FROM orders WHERE id = 2",
     ""},
    {"other rows go to an archive", ORDERS,
     "CREATE TABLE archive AS SELECT * FROM orders WHERE id = 2; DELETE FROM orders",
     "deletes rows of public.orders: 2 rows (id 1, id 2)\n"},
    {"a partition is detached",
     "CREATE TABLE p (k int PRIMARY KEY, v text) PARTITION BY RANGE (k);"
     "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);"
     "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);"
     "INSERT INTO p VALUES (1, 'a'), (11, 'b'), (12, 'c')",
     "ALTER TABLE p DETACH PARTITION p2", ""},
    {"a partition is detached and emptied",
     "CREATE TABLE p (k int PRIMARY KEY, v text) PARTITION BY RANGE (k);"
     "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);"
     "INSERT INTO p VALUES (11, 'b'), (12, 'c')",
     "ALTER TABLE p DETACH PARTITION p2; DELETE FROM p2 WHERE k = 11",
     "deletes rows of public.p: 2 rows (k 11, k 12)\n"},
    {"a copy that was there before",
     ORDERS "CREATE TABLE twin (LIKE orders); INSERT INTO twin SELECT * FROM orders",
     "DROP TABLE orders", "drops the rows of public.orders: 2 rows\n"},
};

enum { COUNT = sizeof moves / sizeof *moves };

static void drop(struct test_database *d, struct connection *was, char *name)
{
    struct error e = {0};
    connection_close(was);
    char *sql = memory_format("DROP DATABASE %s", name);
    connection_run(&d->server, sql, &e);
    free(sql);
    free(name);
    test_database_drop(d);
}

static char *sentences_of(const struct data_changes *changes)
{
    struct text t = {0};
    for (size_t i = 0; i < changes->count; i++) {
        char *line = data_change_sentence(&changes->items[i]);
        text_append_format(&t, "%s\n", line);
        free(line);
    }
    return text_detach(&t);
}

static size_t next_move; /* cmocka runs the tests in their order */

static void test_move(void **state)
{
    (void)state;
    const struct move *m = &moves[next_move++];
    struct test_database d = {0};
    struct connection was = {0};
    struct data_changes changes;
    struct error e = {0};
    assert_int_equal(test_database_create(&d, "moved_data"), 0);
    test_database_run(&d, m->setup);
    char *name = test_database_clone(&d, &was);
    test_database_run(&d, m->change);
    bool good = data_compare(&was, &d.connection, NULL, NULL, 0, &changes, &e);
    drop(&d, &was, name);
    assert_string_equal(e.message, "");
    assert_true(good);
    char *found = sentences_of(&changes);
    data_changes_release(&changes);
    assert_string_equal(found, m->expect);
    free(found);
}

int main(void)
{
    struct CMUnitTest tests[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        tests[i] = (struct CMUnitTest){moves[i].name, test_move, NULL, NULL, NULL};
    return cmocka_run_group_tests_name("moved_data", tests, NULL, NULL) ? 1 : 0;
}
