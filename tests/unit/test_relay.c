/* The relay between libpq and a real server. */
#include "relay/relay.h"

#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "server.h"

struct fixture {
    struct test_database database;
    struct relay *relay;
    struct connection through; /* to the same database, through the relay */
    char *folder;
    size_t befores, afters;
    size_t cut_before, cut_after;  /* a statement's number; 0: none */
    atomic_bool lingers, answered; /* what is done aside takes until the client has its answer */
    bool lingered, in_vain;
};

static enum relay_answer before(void *context, const struct ledger_statement *s)
{
    struct fixture *f = context;
    f->befores++;
    return s->number == f->cut_before ? RELAY_CUT : RELAY_PASS;
}

static enum relay_answer after(void *context, const struct ledger_statement *s)
{
    struct fixture *f = context;
    f->afters++;
    return s->number == f->cut_after ? RELAY_CUT : RELAY_PASS;
}

/* Waits until the client says that it has its answer, which it cannot if it waits for us. */
static void aside(void *context)
{
    struct fixture *f = context;
    if (!f->afters || f->lingered || !atomic_load(&f->lingers))
        return;
    f->lingered = true;
    for (int i = 0; i < 6000 && !atomic_load(&f->answered); i++)
        nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
    f->in_vain = !atomic_load(&f->answered);
}

static int setup(void **state)
{
    struct fixture *f = memory_zeroed(1, sizeof *f);
    struct error e = {0};
    *state = f;
    f->folder = memory_format("/tmp/test-relay-%ld", (long)getpid());
    const struct relay_hooks hooks = {
        .context = f, .before = before, .after = after, .aside = aside};
    bool good = mkdir(f->folder, 0755) == 0 &&
                test_database_create(&f->database, "test_relay") == 0 &&
                (f->relay = relay_start(f->database.url, f->folder, &hooks, &e)) &&
                connection_open_as_it_is(&f->through, relay_url(f->relay), NULL, &e);
    if (!good)
        print_error("%s\n", e.message);
    return good ? 0 : -1;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    connection_close(&f->through);
    relay_free(f->relay);
    int result = test_database_drop(&f->database);
    result |= rmdir(f->folder); /* not if something was left in it */
    free(f->folder);
    free(f);
    return result;
}

static void run(struct fixture *f, const char *sql)
{
    struct error e = {0};
    if (!connection_run(&f->through, sql, &e))
        fail_msg("%s, in: %s", e.message, sql);
}

static char *value(struct connection *c, const char *sql)
{
    struct error e = {0};
    char *v = connection_value(c, sql, 0, NULL, &e);
    if (!v)
        fail_msg("%s, in: %s", e.message, sql);
    return v;
}

static void expect(struct connection *c, const char *sql, const char *expected)
{
    char *found = value(c, sql);
    bool same = strcmp(found, expected) == 0;
    free(found);
    if (!same)
        fail_msg("%s is not %s", sql, expected);
}

static void statements_are_told(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    run(f, "CREATE TABLE t (i int); INSERT INTO t VALUES (1), (2)");
    const char *three = "3";
    PQclear(connection_query(&f->through, "INSERT INTO t VALUES ($1)", 1, &three, &e));
    connection_run(&f->through, "SELECT 1/0", &e);
    relay_stop(f->relay);
    const struct ledger *l = relay_ledger(f->relay);
    assert_int_equal(l->count, 3);
    assert_int_equal(f->befores, 3);
    assert_int_equal(f->afters, 3);
    assert_string_equal(l->statements[0].tag, "INSERT 0 2");
    assert_false(l->statements[0].extended);
    assert_string_equal(l->statements[1].sql, "INSERT INTO t VALUES ($1)");
    assert_true(l->statements[1].extended);
    assert_int_equal(l->statements[1].rows, 1);
    assert_string_equal(l->statements[2].sqlstate, "22012");
    assert_true(l->statements[2].backend > 0);
}

static void rows_pass_unaltered(void **state)
{
    struct fixture *f = *state;
    run(f, "CREATE TABLE t AS SELECT i, repeat(md5(i::text), 100) AS filler "
           "FROM generate_series(1, 3000) i");
    static const char digest[] = "SELECT md5(string_agg(filler, '|' ORDER BY i)) FROM t";
    struct error e = {0};
    PGresult *rows = connection_query(
        &f->through, "SELECT string_agg(filler, '|' ORDER BY i) FROM t", 0, NULL, &e);
    assert_non_null(rows);
    char *direct =
        value(&f->database.connection, "SELECT string_agg(filler, '|' ORDER BY i) FROM t");
    bool same = strcmp(PQgetvalue(rows, 0, 0), direct) == 0;
    free(direct);
    PQclear(rows);
    assert_true(same);
    /* out by COPY, and in again */
    assert_true(connection_copy_begin(&f->through, "COPY t TO STDOUT", &e));
    struct text all = {0};
    char *data;
    for (int n; (n = connection_copy_get(&f->through, &data, &e)) > 0; PQfreemem(data))
        text_append_bytes(&all, data, (size_t)n);
    run(f, "CREATE TABLE other (LIKE t)");
    bool good = connection_copy_begin(&f->through, "COPY other FROM STDIN", &e) &&
                connection_copy_put(&f->through, all.data, all.length, &e) &&
                connection_copy_end(&f->through, NULL, &e);
    text_release(&all);
    assert_true(good);
    char *expected = value(&f->database.connection, digest);
    char *found = value(&f->through, "SELECT md5(string_agg(filler, '|' ORDER BY i)) FROM other");
    same = strcmp(expected, found) == 0;
    free(expected);
    free(found);
    assert_true(same);
}

static void cut_before_has_no_effect(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    f->cut_before = 2;
    run(f, "CREATE TABLE t (i int)");
    assert_false(connection_run(&f->through, "DROP TABLE t", &e));
    assert_int_equal(PQstatus(f->through.pg), CONNECTION_BAD);
    expect(&f->database.connection, "SELECT to_regclass('t') IS NOT NULL", "t");
}

static void cut_after_is_done_and_not_told(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    f->cut_after = 2;
    run(f, "CREATE TABLE t (i int)");
    assert_false(connection_run(&f->through, "DROP TABLE t", &e));
    expect(&f->database.connection, "SELECT to_regclass('t') IS NULL", "t");
}

static void several_connections_and_a_cancel_request(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    struct connection second = {0};
    assert_true(connection_open_as_it_is(&second, relay_url(f->relay), NULL, &e));
    assert_int_equal(PQsendQuery(second.pg, "SELECT pg_sleep(300)"), 1);
    run(f, "SELECT 1"); /* is not kept waiting by the other */
    /* a cancel that comes before the query cancels nothing */
    run(f, "DO 'BEGIN WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = "
           "''PgSleep'') LOOP PERFORM pg_stat_clear_snapshot(); END LOOP; END'");
    char ignored[256];
    PGcancel *request = PQgetCancel(second.pg);
    int asked = PQcancel(request, ignored, sizeof ignored);
    PQfreeCancel(request);
    PGresult *result = PQgetResult(second.pg);
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    bool cancelled = sqlstate && strcmp(sqlstate, "57014") == 0;
    PQclear(result);
    connection_close(&second);
    assert_int_equal(asked, 1);
    assert_true(cancelled);
}

static void server_that_is_gone_closes_the_client(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    char *kill = memory_format("SELECT pg_terminate_backend(%d)", PQbackendPID(f->through.pg));
    test_database_run(&f->database, kill);
    free(kill);
    assert_false(connection_run(&f->through, "SELECT 1", &e));
    assert_string_equal(e.sqlstate, "57P01"); /* the server's word comes through */
}

static void client_that_is_gone_frees_the_server(void **state)
{
    struct fixture *f = *state;
    int pid = PQbackendPID(f->through.pg);
    close(PQsocket(f->through.pg)); /* as if killed: no Terminate */
    char *asked = memory_format("SELECT count(*) FROM pg_stat_activity WHERE pid = %d", pid),
         *left = NULL;
    for (int i = 0; i < 6000; i++) {
        free(left);
        left = value(&f->database.connection, asked);
        if (strcmp(left, "0") == 0)
            break;
        usleep(10000);
    }
    bool gone = strcmp(left, "0") == 0;
    free(left);
    free(asked);
    assert_true(gone);
}

/* A socket never leaves the machine: libpq asks for no encryption there, whatever the URL says. */
static void sslmode_means_nothing_on_a_socket(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    char *url = memory_format("%s&sslmode=require", f->database.url);
    char *folder = memory_format("%s/other", f->folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    struct relay *r = relay_start(url, folder, NULL, &e);
    struct connection c = {0};
    bool good = r && connection_open(&c, relay_url(r), NULL, &e);
    connection_close(&c);
    relay_free(r);
    rmdir(folder);
    free(folder);
    free(url);
    assert_true(good);
}

static void what_is_bound_to_its_encryption_is_not_relayed(void **state)
{
    static const char *const options[] = {"channel_binding=require", "gssencmode=require"};
    struct fixture *f = *state;
    for (size_t i = 0; i < 2; i++) {
        struct error e = {0};
        char *url = memory_format("%s&%s", f->database.url, options[i]);
        struct relay *r = relay_start(url, f->folder, NULL, &e);
        free(url);
        assert_null(r);
        assert_int_equal(e.kind, ERROR_UNAVAILABLE);
        assert_non_null(strstr(e.message, options[i]));
    }
}

static void pipelining_works(void **state)
{
    struct fixture *f = *state;
    PGconn *pg = f->through.pg;
    assert_int_equal(PQenterPipelineMode(pg), 1);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(PQsendQueryParams(pg, "SELECT 1", 0, NULL, NULL, NULL, NULL, 0), 1);
        assert_int_equal(PQpipelineSync(pg), 1);
    }
    int tuples = 0, syncs = 0;
    while (syncs < 5) {
        PGresult *result = PQgetResult(pg);
        tuples += PQresultStatus(result) == PGRES_TUPLES_OK;
        syncs += PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        PQclear(result);
    }
    assert_int_equal(tuples, 5);
    relay_stop(f->relay);
    assert_int_equal(relay_ledger(f->relay)->count, 5);
}

static void nobody_waits_for_what_is_done_aside(void **state)
{
    struct fixture *f = *state;
    atomic_store(&f->lingers, true);
    run(f, "SELECT 1");
    atomic_store(&f->answered, true);
    relay_stop(f->relay);
    assert_true(f->lingered);
    assert_false(f->in_vain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(statements_are_told, setup, teardown),
        cmocka_unit_test_setup_teardown(rows_pass_unaltered, setup, teardown),
        cmocka_unit_test_setup_teardown(cut_before_has_no_effect, setup, teardown),
        cmocka_unit_test_setup_teardown(cut_after_is_done_and_not_told, setup, teardown),
        cmocka_unit_test_setup_teardown(several_connections_and_a_cancel_request, setup, teardown),
        cmocka_unit_test_setup_teardown(server_that_is_gone_closes_the_client, setup, teardown),
        cmocka_unit_test_setup_teardown(client_that_is_gone_frees_the_server, setup, teardown),
        cmocka_unit_test_setup_teardown(sslmode_means_nothing_on_a_socket, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_bound_to_its_encryption_is_not_relayed, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(pipelining_works, setup, teardown),
        cmocka_unit_test_setup_teardown(nobody_waits_for_what_is_done_aside, setup, teardown),
    };
    return cmocka_run_group_tests_name("relay", tests, NULL, NULL) ? 1 : 0;
}
