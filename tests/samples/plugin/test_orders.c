/* Orders, each test on a database of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <libpq-fe.h>
#include <pgrehearse/throwaway.h>

static struct pgr_template *orders;

struct fixture {
    struct pgr_throwaway *database;
    PGconn *connection;
};

/* Once: a server, and a template with the schema of this project. */
static int open_template(void **state)
{
    struct pgr_template_source source = {.size = sizeof source, .sql = "schema.sql"};
    struct pgr_error e;
    (void)state;
    orders = pgr_template_open(&source, &e);
    if (!orders)
        print_error("%s\n", e.message);
    return orders ? 0 : -1;
}

static int close_template(void **state)
{
    (void)state;
    return pgr_template_close(orders, NULL) ? 0 : -1;
}

/* For each test: a database of its own. */
static int get_database(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct pgr_error e;
    *state = f;
    f->database = pgr_throwaway(orders, &e);
    if (!f->database) {
        print_error("%s\n", e.message);
        return -1;
    }
    f->connection = PQconnectdb(pgr_throwaway_url(f->database));
    return PQstatus(f->connection) == CONNECTION_OK ? 0 : -1;
}

static int drop_database(void **state)
{
    struct fixture *f = *state;
    PQfinish(f->connection);
    int code = pgr_throwaway_drop(f->database, NULL) ? 0 : -1;
    free(f);
    return code;
}

static long count_orders(PGconn *c)
{
    PGresult *r = PQexec(c, "SELECT count(*) FROM orders");
    assert_int_equal(PQresultStatus(r), PGRES_TUPLES_OK);
    long count = strtol(PQgetvalue(r, 0, 0), NULL, 10);
    PQclear(r);
    return count;
}

static void run(PGconn *c, const char *sql, ExecStatusType expected)
{
    PGresult *r = PQexec(c, sql);
    assert_int_equal(PQresultStatus(r), expected);
    PQclear(r);
}

static void an_order_is_taken(void **state)
{
    const struct fixture *f = *state;
    run(f->connection, "INSERT INTO orders VALUES (1, 'Ada', 1999)", PGRES_COMMAND_OK);
    assert_int_equal(count_orders(f->connection), 1);
}

static void nobody_sees_the_orders_of_others(void **state)
{
    const struct fixture *f = *state;
    assert_int_equal(count_orders(f->connection), 0);
}

static void an_order_has_a_customer(void **state)
{
    const struct fixture *f = *state;
    run(f->connection, "INSERT INTO orders VALUES (1, NULL, 1999)", PGRES_FATAL_ERROR);
    assert_int_equal(count_orders(f->connection), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_order_is_taken, get_database, drop_database),
        cmocka_unit_test_setup_teardown(nobody_sees_the_orders_of_others, get_database,
                                        drop_database),
        cmocka_unit_test_setup_teardown(an_order_has_a_customer, get_database, drop_database),
    };
    return cmocka_run_group_tests_name("orders", tests, open_template, close_template) ? 1 : 0;
}
