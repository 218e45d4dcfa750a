/* What the table of versions says is so on the server that the tests run on. */
#include "postgres/server_version.h"
#include "server.h"

static int create(void **state)
{
    struct test_database *d = memory_zeroed(1, sizeof *d);
    *state = d;
    return test_database_create(d, "version");
}

static int drop(void **state)
{
    struct test_database *d = *state;
    int dropped = test_database_drop(d);
    free(d);
    return dropped;
}

/* A statement that only a server with the feature takes. */
static const struct {
    enum server_feature feature;
    const char *statement;
} trials[] = {
    {SERVER_CLONE_STRATEGY, "CREATE DATABASE version_of_strategy STRATEGY file_copy"},
    {SERVER_LOCALE_PROVIDER,
     "CREATE DATABASE version_of_provider TEMPLATE template0 LOCALE 'C' LOCALE_PROVIDER libc"},
    {SERVER_PARAMETER_RIGHTS, "SELECT FROM pg_parameter_acl"},
    {SERVER_TRANSACTION_TIMEOUT, "SHOW transaction_timeout"},
};

static void test_each_row(void **state)
{
    struct test_database *d = *state;
    int version = PQserverVersion(d->connection.pg);
    assert_int_equal(sizeof trials / sizeof *trials, SERVER_FEATURES);
    for (size_t i = 0; i < SERVER_FEATURES; i++) {
        struct error e = {0};
        bool taken = connection_run(&d->server, trials[i].statement, &e);
        if (taken != server_version_has(version, trials[i].feature))
            fail_msg("%d: %s: %s", version, trials[i].statement, e.message);
    }
}

static void test_databases_go(void **state)
{
    struct test_database *d = *state;
    struct error e = {0};
    assert_true(connection_run(&d->server, "DROP DATABASE IF EXISTS version_of_strategy", &e));
    assert_true(connection_run(&d->server, "DROP DATABASE IF EXISTS version_of_provider", &e));
}

static void test_oldest(void **state)
{
    (void)state;
    struct error e = {0};
    assert_true(server_version_check(140000, "it", &e));
    assert_true(server_version_check(190000, "it", &e));
    assert_false(server_version_check(130022, "the server", &e));
    assert_string_equal(e.message, "the server runs PostgreSQL 13.22; 14 or later is needed");
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_row),
                                       cmocka_unit_test(test_databases_go),
                                       cmocka_unit_test(test_oldest)};
    return cmocka_run_group_tests(tests, create, drop) ? 1 : 0;
}
