#include "postgres/connection.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "../support/testing.h"
#include "base/clock.h"
#include "base/text.h"
#include "postgres/kept_query.h"

struct fixture {
    struct connection c;
    struct cancel cancel;
    struct error error;
    struct text text;
    PGresult *result;
    char *value;
};

static int tear_down(void **state)
{
    struct fixture *f = *state;
    connection_close(&f->c);
    cancel_release(&f->cancel);
    text_release(&f->text);
    PQclear(f->result);
    free(f->value);
    free(f);
    return 0;
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (!f || !cancel_init(&f->cancel))
        return -1;
    *state = f;
    return 0;
}

static struct fixture *connected(void **state)
{
    struct fixture *f = *state;
    if (!connection_open(&f->c, test_server(), &f->cancel, &f->error))
        fail_msg("%s", f->error.message);
    return f;
}

static void assert_error(struct fixture *f, enum error_kind kind, const char *sqlstate)
{
    if (f->error.kind != kind || strcmp(f->error.sqlstate, sqlstate) != 0)
        fail_msg("kind %d, SQLSTATE '%s': %s", f->error.kind, f->error.sqlstate, f->error.message);
    assert_null(strchr(f->error.message, '\n'));
    assert_true(f->error.message[0] != '\0');
    error_clear(&f->error);
}

static const char doubled[] = "SELECT 2 * $1::int";

static void ask_doubled(struct fixture *f, const char *number, const char *expected)
{
    PQclear(f->result);
    f->result = kept_query(&f->c, doubled, 1, &number, &f->error);
    if (!f->result)
        fail_msg("%s", f->error.message);
    assert_string_equal(PQgetvalue(f->result, 0, 0), expected);
}

static void expect_kept(struct fixture *f, const char *count)
{
    free(f->value);
    f->value =
        connection_value(&f->c, "SELECT count(*) FROM pg_prepared_statements", 0, NULL, &f->error);
    assert_string_equal(f->value, count);
}

static void keeps_plans(void **state)
{
    struct fixture *f = connected(state);
    ask_doubled(f, "21", "42");
    ask_doubled(f, "4", "8");
    expect_kept(f, "1");
    assert_true(connection_run(&f->c, "DISCARD ALL", &f->error));
    ask_doubled(f, "5", "10");
    expect_kept(f, "1");
    assert_true(connection_run(&f->c, "DEALLOCATE ALL", &f->error));
    ask_doubled(f, "6", "12");
    static const char refused[] = "SELECT 1 / $1::int";
    const char *zero = "0", *one = "1";
    assert_null(kept_query(&f->c, refused, 1, &zero, &f->error));
    assert_error(f, ERROR_UNAVAILABLE, "22012");
    PQclear(f->result);
    f->result = kept_query(&f->c, refused, 1, &one, &f->error);
    assert_string_equal(PQgetvalue(f->result, 0, 0), "1");
    f->c.shared = true;
    assert_true(connection_run(&f->c, "DISCARD ALL", &f->error));
    ask_doubled(f, "7", "14");
    expect_kept(f, "0");
}

static void passes_parameters_and_nulls(void **state)
{
    struct fixture *f = connected(state);
    const char *const values[] = {"a'b\"; --", NULL};
    f->result =
        connection_query(&f->c, "SELECT $1::text, $2::text IS NULL, NULL", 2, values, &f->error);
    assert_non_null(f->result);
    assert_string_equal(PQgetvalue(f->result, 0, 0), "a'b\"; --");
    assert_string_equal(PQgetvalue(f->result, 0, 1), "t");
    assert_true(PQgetisnull(f->result, 0, 2));
}

static void gives_one_value(void **state)
{
    struct fixture *f = connected(state);
    f->value = connection_value(&f->c, "SELECT 6 * 7, 1", 0, NULL, &f->error);
    assert_string_equal(f->value, "42");
    free(f->value);
    f->value = connection_value(&f->c, "SELECT NULL", 0, NULL, &f->error);
    assert_string_equal(f->value, "");
    assert_null(connection_value(&f->c, "SELECT 1 WHERE false", 0, NULL, &f->error));
    assert_error(f, ERROR_UNAVAILABLE, "");
}

static void tells_the_sqlstate_and_goes_on(void **state)
{
    struct fixture *f = connected(state);
    assert_null(connection_query(&f->c, "SELECT nothing_of_that_name", 0, NULL, &f->error));
    assert_false(error_is_of_server(&f->error));
    assert_error(f, ERROR_UNAVAILABLE, "42703");
    assert_false(connection_run(&f->c, "SELECT 1; SELECT 1/0; SELECT nonsense", &f->error));
    assert_error(f, ERROR_UNAVAILABLE, "22012");
    assert_true(connection_run(&f->c, "SELECT 1; SELECT 2", &f->error));
    assert_true(connection_run(&f->c, "", &f->error));
    f->value = connection_value(&f->c, "SELECT 1", 0, NULL, &f->error);
    assert_string_equal(f->value, "1");
}

static void refuses_two_statements_in_a_query(void **state)
{
    struct fixture *f = connected(state);
    assert_null(connection_query(&f->c, "SELECT 1; SELECT 2", 0, NULL, &f->error));
    assert_error(f, ERROR_UNAVAILABLE, "42601");
}

static void copies_out(void **state)
{
    struct fixture *f = connected(state);
    assert_true(connection_copy_begin(
        &f->c, "COPY (SELECT i, repeat('x', 100) FROM generate_series(1, 20000) i) TO STDOUT",
        &f->error));
    char *data = NULL;
    int length;
    size_t rows = 0;
    while ((length = connection_copy_get(&f->c, &data, &f->error)) > 0) {
        rows++;
        PQfreemem(data);
    }
    assert_int_equal(length, 0);
    assert_int_equal(rows, 20000);
    assert_true(connection_run(&f->c, "SELECT 1", &f->error));
}

static void a_copy_out_may_fail_midway(void **state)
{
    struct fixture *f = connected(state);
    assert_true(connection_copy_begin(
        &f->c, "COPY (SELECT 1 / (5000 - i) FROM generate_series(1, 9000) i) TO STDOUT",
        &f->error));
    char *data = NULL;
    int length;
    while ((length = connection_copy_get(&f->c, &data, &f->error)) > 0)
        PQfreemem(data);
    assert_int_equal(length, -1);
    assert_error(f, ERROR_UNAVAILABLE, "22012");
    assert_true(connection_run(&f->c, "SELECT 1", &f->error));
}

static void begin_copy_in(struct fixture *f)
{
    assert_true(connection_run(&f->c, "CREATE TEMP TABLE t (i int, x text)", &f->error));
    assert_true(connection_copy_begin(&f->c, "COPY t FROM STDIN", &f->error));
}

static void copies_in(void **state)
{
    struct fixture *f = connected(state);
    begin_copy_in(f);
    for (int i = 0; i < 50000; i++) {
        text_clear(&f->text);
        text_append_format(&f->text, "%d\t%0200d\n", i, i);
        if (!connection_copy_put(&f->c, f->text.data, f->text.length, &f->error))
            fail_msg("%s", f->error.message);
    }
    assert_true(connection_copy_end(&f->c, NULL, &f->error));
    f->value =
        connection_value(&f->c, "SELECT count(*) || ' ' || sum(i) FROM t", 0, NULL, &f->error);
    assert_string_equal(f->value, "50000 1249975000");
}

static void a_copy_in_may_fail_either_way(void **state)
{
    struct fixture *f = connected(state);
    begin_copy_in(f);
    assert_true(connection_copy_put(&f->c, "1\ta\n", 4, &f->error));
    assert_false(connection_copy_end(&f->c, "we changed our mind", &f->error));
    assert_non_null(strstr(f->error.message, "we changed our mind"));
    assert_error(f, ERROR_UNAVAILABLE, "57014");
    assert_true(connection_copy_begin(&f->c, "COPY t FROM STDIN", &f->error));
    assert_true(connection_copy_put(&f->c, "not a number\ta\n", 15, &f->error));
    assert_false(connection_copy_end(&f->c, NULL, &f->error));
    assert_error(f, ERROR_UNAVAILABLE, "22P02");
    f->value = connection_value(&f->c, "SELECT count(*) FROM t", 0, NULL, &f->error);
    assert_string_equal(f->value, "0");
}

/* A COPY that nobody feeds would make every later call hang or fail. */
static void refuses_a_copy_where_none_is_expected(void **state)
{
    struct fixture *f = connected(state);
    assert_true(connection_run(&f->c, "CREATE TEMP TABLE t (i int, x text)", &f->error));
    assert_false(connection_run(&f->c, "COPY t FROM STDIN", &f->error));
    assert_error(f, ERROR_UNAVAILABLE, "");
    connection_close(&f->c);
    connected(state);
    assert_null(connection_query(&f->c, "COPY (SELECT 1) TO STDOUT", 0, NULL, &f->error));
    assert_error(f, ERROR_UNAVAILABLE, "");
    connection_close(&f->c);
    connected(state);
    assert_false(connection_copy_begin(&f->c, "SELECT 1", &f->error));
    assert_error(f, ERROR_UNAVAILABLE, "");
}

static void *raise_later(void *cancel)
{
    usleep(200000);
    cancel_raise(cancel);
    return NULL;
}

/* The statement ends on the server too, not only for us. */
static void is_cancelled_while_it_waits(void **state)
{
    struct fixture *f = connected(state);
    f->value = connection_value(&f->c, "SELECT pg_backend_pid()", 0, NULL, &f->error);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, raise_later, &f->cancel), 0);
    double start = clock_seconds();
    f->result = connection_query(&f->c, "SELECT pg_sleep(300)", 0, NULL, &f->error);
    double took = clock_seconds() - start;
    pthread_join(thread, NULL);
    assert_null(f->result);
    assert_int_equal(f->error.kind, ERROR_INTERRUPTED);
    error_clear(&f->error);
    assert_true(took < 200);

    struct connection other = {0};
    assert_true(connection_open(&other, test_server(), NULL, &f->error));
    const char *const pid[] = {f->value};
    bool asleep = true;
    for (int i = 0; i < 6000 && asleep; i++) {
        PGresult *found = connection_query(
            &other, "SELECT 1 FROM pg_stat_activity WHERE pid = $1::int AND state = 'active'", 1,
            pid, &f->error);
        asleep = !found || PQntuples(found) > 0;
        PQclear(found);
        usleep(10000);
    }
    connection_close(&other);
    assert_false(asleep);
    assert_false(connection_run(&f->c, "SELECT 1", &f->error)); /* closed, and says so */
    assert_error(f, ERROR_UNAVAILABLE, "");
}

static void hears_a_cancel_raised_before(void **state)
{
    struct fixture *f = *state;
    cancel_raise(&f->cancel);
    assert_false(connection_open(&f->c, test_server(), &f->cancel, &f->error));
    assert_error(f, ERROR_INTERRUPTED, "");
}

static void survives_the_loss_of_the_server(void **state)
{
    struct fixture *f = connected(state);
    assert_false(connection_run(&f->c, "SELECT pg_terminate_backend(pg_backend_pid())", &f->error));
    assert_true(error_is_of_server(&f->error));
    assert_error(f, ERROR_UNAVAILABLE, "57P01");
    assert_false(connection_run(&f->c, "SELECT 1", &f->error));
    assert_true(error_is_of_server(&f->error));
    assert_error(f, ERROR_UNAVAILABLE, "");
    assert_null(connection_query(&f->c, "SELECT 1", 0, NULL, &f->error));
    assert_error(f, ERROR_UNAVAILABLE, "");
}

/* A stopped process of the server never answers, and nothing of the network tells so. */
static void a_stopped_server_is_not_waited_for(void **state)
{
    struct fixture *f = connected(state);
    pid_t backend = PQbackendPID(f->c.pg);
    double started = clock_seconds();
    assert_int_equal(kill(backend, SIGSTOP), 0);
    bool answered = connection_run(&f->c, "SELECT 1", &f->error);
    kill(backend, SIGCONT);
    assert_false(answered);
    assert_non_null(strstr(f->error.message, "is stopped"));
    assert_error(f, ERROR_UNAVAILABLE, "");
    assert_true(clock_seconds() - started < 50);
}

static void an_idle_connection_was_terminated(void **state)
{
    struct fixture *f = connected(state);
    struct connection other = {0};
    f->value = connection_value(&f->c, "SELECT pg_backend_pid()", 0, NULL, &f->error);
    assert_true(connection_open(&other, test_server(), NULL, &f->error));
    const char *const pid[] = {f->value};
    PQclear(
        connection_query(&other, "SELECT pg_terminate_backend($1::int, 5000)", 1, pid, &f->error));
    connection_close(&other);
    assert_false(connection_run(&f->c, "SELECT 1", &f->error));
    assert_error(f, ERROR_UNAVAILABLE, "57P01");
}

static void says_why_it_cannot_connect(void **state)
{
    struct fixture *f = *state;
    char *url;
    assert_false(connection_open(&f->c, "postgresql:///d?host=/nowhere", NULL, &f->error));
    assert_non_null(strstr(f->error.message, "/nowhere"));
    assert_error(f, ERROR_UNAVAILABLE, "");
    assert_null(f->c.pg);
    /* the start of the server's URL with another database */
    const char *query = strchr(test_server(), '?');
    text_append_format(&f->text, "postgresql://postgres@/no_such_database%s", query);
    url = f->text.data;
    assert_false(connection_open(&f->c, url, NULL, &f->error));
    assert_non_null(strstr(f->error.message, "no_such_database"));
    assert_error(f, ERROR_UNAVAILABLE, "");
}

static void never_tells_a_password(void **state)
{
    static const char *const urls[] = {
        "postgresql://u:SECRET@nowhere.invalid/d",
        "postgresql://u:a%SECRET@h/d",
        "postgresql://u:a@SECRET@h/d",
        "postgresql://u:12/SECRET@h/d",
        "postgresql://u:SECRET@[h/d",
        "host=h password=a SECRET",
        "postgresql://u:SECRET@/d?host=/nowhere",
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        assert_false(connection_open(&f->c, urls[i], NULL, &f->error));
        if (strstr(f->error.message, "SECRET"))
            fail_msg("%s", f->error.message);
        error_clear(&f->error);
    }
}

static void quotes_identifiers(void **state)
{
    struct fixture *f = connected(state);
    f->value = connection_identifier(&f->c, "a \"b\"; c");
    assert_string_equal(f->value, "\"a \"\"b\"\"; c\"");
}

static void a_closed_one_is_refused_not_used(void **state)
{
    struct fixture *f = *state;
    connection_close(&f->c);
    char *data = NULL;
    assert_false(connection_run(&f->c, "SELECT 1", &f->error));
    assert_error(f, ERROR_UNAVAILABLE, "");
    assert_false(connection_copy_begin(&f->c, "COPY t FROM STDIN", &f->error));
    assert_error(f, ERROR_UNAVAILABLE, "");
    assert_false(connection_copy_put(&f->c, "x", 1, &f->error));
    assert_error(f, ERROR_UNAVAILABLE, "");
    assert_int_equal(connection_copy_get(&f->c, &data, &f->error), -1);
    assert_error(f, ERROR_UNAVAILABLE, "");
    assert_false(connection_copy_end(&f->c, NULL, &f->error));
    assert_error(f, ERROR_UNAVAILABLE, "");
}

/* What the settings of a database (or of the environment) say is for the migrator alone. */
static void names_are_not_quoted_without_need(void **state)
{
    struct fixture *f = *state;
    static const char query[] = "SELECT 'pg_class'::regclass::text";
    setenv("PGOPTIONS", "-c quote_all_identifiers=on", 1);
    bool open = connection_open_as_it_is(&f->c, test_server(), &f->cancel, &f->error);
    f->value = open ? connection_value(&f->c, query, 0, NULL, &f->error) : NULL;
    connection_close(&f->c);
    open = open && connection_open(&f->c, test_server(), &f->cancel, &f->error);
    unsetenv("PGOPTIONS");
    assert_true(open);
    assert_string_equal(f->value, "\"pg_class\"");
    free(f->value);
    f->value = connection_value(&f->c, query, 0, NULL, &f->error);
    assert_string_equal(f->value, "pg_class");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(passes_parameters_and_nulls),
        TEST(keeps_plans),
        TEST(gives_one_value),
        TEST(tells_the_sqlstate_and_goes_on),
        TEST(refuses_two_statements_in_a_query),
        TEST(copies_out),
        TEST(a_copy_out_may_fail_midway),
        TEST(copies_in),
        TEST(a_copy_in_may_fail_either_way),
        TEST(refuses_a_copy_where_none_is_expected),
        TEST(is_cancelled_while_it_waits),
        TEST(hears_a_cancel_raised_before),
        TEST(survives_the_loss_of_the_server),
        TEST(a_stopped_server_is_not_waited_for),
        TEST(an_idle_connection_was_terminated),
        TEST(says_why_it_cannot_connect),
        TEST(never_tells_a_password),
        TEST(quotes_identifiers),
        TEST(names_are_not_quoted_without_need),
        TEST(a_closed_one_is_refused_not_used),
    };
    return cmocka_run_group_tests_name("connection", tests, NULL, NULL) ? 1 : 0;
}
