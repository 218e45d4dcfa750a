/* The ledger of what a migration costs, with psql as the migrator and a real server. */
#include "cost/cost.h"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server.h"

static const char sampler_name[] = "test_cost_sampler";

struct fixture {
    struct test_database database;
    struct connection holder;
    char *folder;
    struct cost_record *record;
    struct migrator_result result;
};

static int setup(void **state)
{
    struct fixture *f = memory_zeroed(1, sizeof *f);
    struct error e = {0};
    *state = f;
    f->folder = memory_format("/tmp/test-cost-%ld", (long)getpid());
    bool good = test_database_create(&f->database, "test_cost") == 0 &&
                connection_open(&f->holder, f->database.url, NULL, &e);
    if (!good)
        return -1;
    test_database_run(
        &f->database,
        "CREATE TABLE orders (id int PRIMARY KEY, note text NOT NULL);"
        "INSERT INTO orders SELECT n, repeat('x', 100) FROM generate_series(1, 2000) n;"
        "CREATE TABLE others (id int)");
    if (!cost_prepare(f->database.url, true, NULL, &e))
        print_error("%s\n", e.message);
    return e.kind == ERROR_NONE ? 0 : -1;
}

static void forget(struct fixture *f)
{
    cost_record_free(f->record);
    migrator_result_release(&f->result);
    f->record = NULL;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    forget(f);
    connection_close(&f->holder);
    int result = test_database_drop(&f->database);
    rmdir(f->folder); /* not there where nothing was measured */
    free(f->folder);
    free(f);
    return result;
}

static void measure_on(struct fixture *f, const char *command, const char *migrator_url,
                       const char *server_url, bool is_ours)
{
    struct suite_migrator definition = {.name = (char *)"psql",
                                        .upgrade = (char *)(uintptr_t)command,
                                        .step = (char *)"Step ([0-9]+): (.*)"};
    struct migrator migrator = {.definition = &definition, .directory = (char *)"/tmp"};
    const struct cost_request request = {.migrator = &migrator,
                                         .action = MIGRATOR_UPGRADE,
                                         .migrator_url = migrator_url,
                                         .url = f->database.url,
                                         .server_url = server_url,
                                         .folder = f->folder,
                                         .time_limit = 60,
                                         .is_ours = is_ours};
    struct error e = {0};
    forget(f);
    if (!cost_measure(&request, &f->record, &f->result, &e))
        fail_msg("%s", e.message);
}

static void measure(struct fixture *f, const char *command)
{
    measure_on(f, command, f->database.url, getenv("PGREHEARSE_TEST_SERVER"), true);
    if (f->result.process.status != 0)
        fail_msg("%s", text_string(&f->result.process.log));
}

#define PSQL "psql -X -q -v ON_ERROR_STOP=1 "

static const struct lock_cost *find_lock(const struct fixture *f, const char *object,
                                         const char *mode)
{
    for (size_t i = 0; i < f->record->lock_count; i++)
        if (strcmp(f->record->locks[i].object, object) == 0 &&
            strcmp(f->record->locks[i].mode, mode) == 0)
            return &f->record->locks[i];
    return NULL;
}

static const struct lock_cost *expect_lock(const struct fixture *f, const char *object,
                                           const char *mode)
{
    const struct lock_cost *l = find_lock(f, object, mode);
    for (size_t i = 0; !l && i < f->record->lock_count; i++)
        print_message("# %zu %s %s\n", f->record->locks[i].statement, f->record->locks[i].object,
                      f->record->locks[i].mode);
    if (!l)
        fail_msg("no %s on %s", mode, object);
    return l;
}

static const struct table_cost *find_table(const struct fixture *f, const char *name)
{
    for (size_t i = 0; i < f->record->table_count; i++)
        if (strcmp(f->record->tables[i].table, name) == 0)
            return &f->record->tables[i];
    fail_msg("no table %s", name);
    return NULL;
}

static void expect_nothing_missing(const struct fixture *f)
{
    if (f->record->missing)
        fail_msg("missing: %s", f->record->missing);
}

/* Rows whose commit is not flushed yet: unless it is, each page that is read gets dirty. */
static void rows_have_their_hint_bits(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    connection_run(&f->database.server, "ALTER SYSTEM SET wal_writer_delay = '10s'", &e);
    connection_run(&f->database.server, "SELECT pg_reload_conf(), pg_sleep(0.3)", &e);
    test_database_run(&f->database, "SET synchronous_commit = off");
    test_database_run(&f->database, "UPDATE orders SET note = note || '.'");
    assert_true(cost_prepare(f->database.url, true, NULL, &e));
    connection_run(&f->database.server, "ALTER SYSTEM RESET wal_writer_delay", &e);
    connection_run(&f->database.server, "SELECT pg_reload_conf()", &e);
    assert_int_equal(e.kind, ERROR_NONE);
    measure(f, PSQL "-c 'SELECT sum(length(note)) FROM orders'");
    expect_nothing_missing(f);
    assert_int_equal(f->record->totals.buffers_dirtied, 0);
}

/* Until what psql has written was read from the pipe, and a moment more, in which it is noted. */
#define UNTIL_READ                                                                                 \
    "-c '\\! perl -e \"do { ioctl STDOUT, 0x541B, my \\$n = pack q(i), 0;"                         \
    " select undef, undef, undef, 0.1; \\$left = unpack q(i), \\$n } while \\$left\"' "

/* BEGIN, three statements, COMMIT: psql -1 with several -c. */
static void a_transaction_is_told_statement_by_statement(void **state)
{
    struct fixture *f = *state;
    measure(f, PSQL "-1 -c 'ALTER TABLE orders ADD COLUMN price int NOT NULL DEFAULT 1' "
                    "-c '\\echo Step 1: Filling...' " UNTIL_READ
                    "-c 'UPDATE orders SET price = 2 WHERE id <= 10' "
                    "-c 'CREATE TABLE added (id int)'");
    const struct cost_record *c = f->record;
    expect_nothing_missing(f);
    assert_int_equal(c->statement_count, 5);
    const struct statement_cost *alter = &c->statements[1], *update = &c->statements[2];
    assert_string_equal(alter->sql, "ALTER TABLE orders ADD COLUMN price int NOT NULL DEFAULT 1");
    assert_string_equal(alter->tag, "ALTER TABLE");
    assert_int_equal(alter->transaction, 1);
    assert_int_equal(c->statements[4].transaction, 1);
    assert_null(alter->step);
    assert_string_equal(update->step, "Filling");
    assert_int_equal(update->rows, 10);
    assert_true(alter->counters.wal_bytes > 0 && alter->counters.wal_records > 0);
    assert_true(alter->counters.wal_bytes < 10000); /* of the catalog, no row is touched */
    assert_true(update->counters.wal_records >= 10);
    assert_true(update->counters.buffers_hit > 0);
    assert_int_equal(update->counters.temp_bytes, 0);
    int64_t sum = 0;
    for (size_t i = 0; i < c->statement_count; i++)
        sum += c->statements[i].counters.wal_bytes;
    assert_int_equal(c->totals.wal_bytes, sum);
    const struct lock_cost *l = expect_lock(f, "table public.orders", "AccessExclusiveLock");
    assert_int_equal(l->statement, 2);
    assert_false(l->sampled);
    assert_true(l->held > 0);
    assert_int_equal(expect_lock(f, "table public.orders", "RowExclusiveLock")->statement, 3);
    assert_int_equal(expect_lock(f, "table public.added", "AccessExclusiveLock")->statement, 4);
    assert_null(find_lock(f, "table public.others", "AccessShareLock"));
    const struct table_cost *orders = find_table(f, "public.orders"),
                            *added = find_table(f, "public.added");
    assert_false(orders->rewritten);
    assert_true(orders->before > 0 && orders->after >= orders->before);
    assert_int_equal(added->before, -1);
    assert_int_equal(added->after, 0);
    assert_int_equal(c->step_count, 1);
    assert_int_equal(c->steps[0].statements, 3);
    assert_true(c->watched > 0 && c->watched < c->seconds + 1);
}

/* Each damage beside the sound way: it has to show in another figure. */
static void an_extra_rewrite_shows(void **state)
{
    struct fixture *f = *state;
    measure(f, PSQL "-1 -c 'ALTER TABLE orders ADD COLUMN a int' "
                    "-c 'ALTER TABLE orders ALTER COLUMN id TYPE bigint' "
                    "-c 'ALTER TABLE others ADD COLUMN b int'");
    expect_nothing_missing(f);
    const struct table_cost *orders = find_table(f, "public.orders");
    assert_true(orders->rewritten);
    assert_int_equal(orders->statement, 3);
    assert_false(find_table(f, "public.others")->rewritten);
    /* the whole table is in the log */
    assert_true(f->record->statements[2].counters.wal_bytes > 200000);
    measure(f, PSQL "-c 'ALTER TABLE orders ALTER COLUMN id TYPE int'");
    assert_true(find_table(f, "public.orders")->rewritten);
    assert_int_equal(find_table(f, "public.orders")->statement, 1);
    measure(f, PSQL "-1 -c 'TRUNCATE others'");
    assert_true(find_table(f, "public.others")->rewritten);
    assert_int_equal(find_table(f, "public.others")->statement, 2);
}

static void a_stronger_lock_shows(void **state)
{
    struct fixture *f = *state;
    measure(f, PSQL "-1 -c 'LOCK TABLE orders IN SHARE ROW EXCLUSIVE MODE'");
    expect_lock(f, "table public.orders", "ShareRowExclusiveLock");
    assert_null(find_lock(f, "table public.orders", "AccessExclusiveLock"));
    measure(f, PSQL "-1 -c 'LOCK TABLE orders IN ACCESS EXCLUSIVE MODE'");
    expect_lock(f, "table public.orders", "AccessExclusiveLock");
}

static void a_lost_where_shows(void **state)
{
    struct fixture *f = *state;
    measure(f, PSQL "-c \"UPDATE orders SET note = 'y' WHERE id <= 20\"");
    assert_int_equal(f->record->statements[0].rows, 20);
    int64_t some = f->record->totals.wal_bytes;
    measure(f, PSQL "-c \"UPDATE orders SET note = 'y'\"");
    assert_int_equal(f->record->statements[0].rows, 2000);
    assert_true(f->record->totals.wal_bytes > 10 * some);
}

static void a_lock_is_given_back_with_its_savepoint(void **state)
{
    struct fixture *f = *state;
    measure(f, PSQL "-1 -c 'SAVEPOINT s' -c 'LOCK TABLE orders IN SHARE MODE' "
                    "-c 'ROLLBACK TO s' -c 'SELECT pg_sleep(0.2)'");
    const struct lock_cost *l = expect_lock(f, "table public.orders", "ShareLock");
    assert_int_equal(l->statement, 3);
    const struct statement_cost *sleep = &f->record->statements[4];
    assert_string_equal(sleep->sql, "SELECT pg_sleep(0.2)");
    assert_true(l->taken + l->held < sleep->started + sleep->seconds);
}

static void waiting_is_told(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    assert_true(connection_run(&f->holder, "BEGIN; LOCK TABLE orders IN ACCESS SHARE MODE", &e));
    measure_on(f,
               PSQL "-1 -c \"SET lock_timeout = '1s'\" "
                    "-c 'ALTER TABLE orders ADD COLUMN c int'",
               f->database.url, getenv("PGREHEARSE_TEST_SERVER"), true);
    assert_int_not_equal(f->result.process.status, 0);
    assert_string_equal(f->record->statements[2].sqlstate, "55P03");
    assert_int_equal(f->record->statements[2].counters.wal_bytes, -1);
    const struct lock_cost *l = expect_lock(f, "table public.orders", "AccessExclusiveLock");
    assert_true(l->sampled);
    assert_true(l->waited > 0.1);
    assert_true(l->held == 0);
    assert_true(connection_run(&f->holder, "ROLLBACK", &e));
}

/* When the sampler's last look at locks ended, in seconds after somebody began to wait for
 * `orders`. */
static const char last_look[] =
    "SELECT extract(epoch FROM max(s.state_change) - min(w.waitstart)) FROM pg_stat_activity s, "
    "pg_locks w JOIN pg_stat_activity a USING (pid) WHERE s.application_name = $1 AND "
    "s.query LIKE '%pg_locks l WHERE l.pid = ANY%' AND NOT w.granted AND a.datname = "
    "current_database()";

/* Waits for the first look at who waits and for one that ends later by so much; then for another.
 */
static void *release_when_seen(void *context)
{
    struct fixture *f = context;
    struct error e = {0};
    const char *const values[] = {sampler_name};
    double first = 0, second = 0;
    bool seen = false;
    for (int i = 0; i < 6000 && !seen && e.kind == ERROR_NONE; i++) {
        usleep(10000);
        char *said = connection_value(&f->database.connection, last_look, 1, values, &e);
        double last = said ? strtod(said, NULL) : 0;
        free(said);
        if (first <= 0)
            first = last;
        else if (second <= 0 && last > first + 0.1)
            second = last;
        seen = second > 0 && last > second;
    }
    connection_run(&f->holder, "ROLLBACK", &e);
    return NULL;
}

/* A session that holds an older snapshot keeps it waiting, outside of any transaction block. */
static void what_no_boundary_shows_is_sampled(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    assert_true(connection_run(&f->holder, "BEGIN; LOCK TABLE orders IN ROW EXCLUSIVE MODE", &e));
    char *server =
        memory_format("%s&application_name=%s", getenv("PGREHEARSE_TEST_SERVER"), sampler_name);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, release_when_seen, f), 0);
    measure_on(f, PSQL "-c 'CREATE INDEX CONCURRENTLY by_note ON orders (md5(note))'",
               f->database.url, server, true);
    pthread_join(thread, NULL);
    free(server);
    assert_int_equal(f->result.process.status, 0);
    const struct lock_cost *l = expect_lock(f, "table public.orders", "ShareUpdateExclusiveLock");
    assert_true(l->sampled);
    assert_true(l->held > 0.05);
}

/* Each keeps its lock until the other has its own, too. */
#define MEETING(mine, other)                                                                       \
    "-c \"DO 'BEGIN PERFORM nextval(''" mine "''); WHILE NOT (SELECT is_called FROM " other        \
    ") LOOP PERFORM pg_sleep(0.01); END LOOP; END'\" "

static void several_connections_are_told(void **state)
{
    struct fixture *f = *state;
    test_database_run(&f->database, "CREATE SEQUENCE one; CREATE SEQUENCE two");
    measure(f, PSQL "-1 -c 'LOCK TABLE others' " MEETING(
                   "one", "two") " & " PSQL
                                 "-1 -c 'LOCK TABLE orders' " MEETING("two", "one") "; wait");
    const struct lock_cost *orders = expect_lock(f, "table public.orders", "AccessExclusiveLock"),
                           *others = expect_lock(f, "table public.others", "AccessExclusiveLock");
    const struct statement_cost *s = f->record->statements;
    assert_int_not_equal(s[orders->statement - 1].transaction,
                         s[others->statement - 1].transaction);
    assert_non_null(f->record->missing);
    assert_non_null(strstr(f->record->missing, "several simultaneous statements"));
}

static void what_cannot_be_told_is_said(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    /* one without the extension; whoever is in template1 keeps others from making databases */
    char *name = memory_format("%s_bare", f->database.name);
    char *create = memory_format("CREATE DATABASE %s TEMPLATE template0", name);
    char *drop = memory_format("DROP DATABASE %s WITH (FORCE)", name);
    char *bare = url_with_database(getenv("PGREHEARSE_TEST_SERVER"), name, &e);
    char *missing = memory_format("database %s of the server has no pg_stat_statements", name);
    assert_true(connection_run(&f->database.server, create, &e));
    measure_on(f, PSQL "-1 -c 'LOCK TABLE orders'", f->database.url, bare, false);
    bool dropped = connection_run(&f->database.server, drop, &e);
    bool said = f->record->missing && strstr(f->record->missing, missing);
    free(missing);
    free(bare);
    free(drop);
    free(create);
    free(name);
    assert_true(dropped);
    assert_true(said);
    expect_lock(f, "table public.orders", "AccessExclusiveLock");
    assert_int_equal(f->record->totals.wal_bytes, -1);
    assert_int_equal(f->record->statements[1].counters.buffers_hit, -1);
    /* psql connects by another URL, since a socket has no channel to bind to */
    char *strict = memory_format("%s%cchannel_binding=require", f->database.url,
                                 strchr(f->database.url, '?') ? '&' : '?');
    measure_on(f, PSQL "-c 'ALTER TABLE orders ALTER COLUMN id TYPE bigint'", strict,
               getenv("PGREHEARSE_TEST_SERVER"), true);
    free(strict);
    assert_int_equal(f->record->statement_count, 0);
    assert_non_null(strstr(f->record->missing, "statements and locks"));
    assert_true(find_table(f, "public.orders")->rewritten);
    assert_true(f->record->totals.wal_bytes > 200000);
}

/* The same on two clones of one template. */
static void figures_can_be_had_again(void **state)
{
    struct fixture *f = *state;
    struct cost_counters first = {0};
    char *url = f->database.url;
    connection_close(&f->holder);
    connection_close(&f->database.connection);
    for (int i = 0; i < 2; i++) {
        struct error e = {0};
        char *name = memory_format("%s_%d", f->database.name, i);
        char *create = memory_format("CREATE DATABASE %s TEMPLATE %s", name, f->database.name);
        char *drop = memory_format("DROP DATABASE %s WITH (FORCE)", name);
        f->database.url = url_with_database(url, name, &e);
        bool made = connection_run(&f->database.server, create, &e);
        measure(f, PSQL "-1 -c 'ALTER TABLE orders ADD COLUMN price int NOT NULL DEFAULT 1' "
                        "-c 'UPDATE orders SET price = 2' -c 'CREATE INDEX ON orders (price)'");
        bool dropped = connection_run(&f->database.server, drop, &e);
        free(f->database.url);
        f->database.url = url;
        free(name);
        free(create);
        free(drop);
        assert_true(made && dropped);
        if (i == 0)
            first = f->record->totals;
    }
    const struct cost_counters second = f->record->totals;
    assert_true(first.wal_bytes > 0);
    assert_int_equal(first.wal_bytes, second.wal_bytes);
    assert_int_equal(first.wal_records, second.wal_records);
}

/* Else each measurement would read past what the earlier ones have left, at every boundary. */
static void entries_are_forgotten(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    const char *const name[] = {f->database.name};
    measure(f, PSQL "-c 'SELECT count(*) FROM orders'");
    assert_true(f->record->totals.buffers_hit > 0);
    char *entries = connection_value(&f->database.server,
                                     "SELECT count(*) FROM pg_stat_statements s JOIN pg_database d "
                                     "ON d.oid = s.dbid WHERE datname = $1",
                                     1, name, &e);
    assert_non_null(entries);
    bool none = strcmp(entries, "0") == 0;
    free(entries);
    assert_true(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(rows_have_their_hint_bits),
        TEST(a_transaction_is_told_statement_by_statement),
        TEST(an_extra_rewrite_shows),
        TEST(a_stronger_lock_shows),
        TEST(a_lost_where_shows),
        TEST(a_lock_is_given_back_with_its_savepoint),
        TEST(waiting_is_told),
        TEST(what_no_boundary_shows_is_sampled),
        TEST(several_connections_are_told),
        TEST(what_cannot_be_told_is_said),
        TEST(figures_can_be_had_again),
        TEST(entries_are_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
