/* Takes long. */
/*
 * Proof that the snapshot is complete: each row of `changes` first shows two equal snapshots, then
 * changes the schema and demands that the snapshot tells, by a line that holds the words given.
 * Where there is a way back, the snapshot afterwards must be the first again.
 */
#include "server.h"

#include "schema/delta.h"
#include "schema/snapshot.h"
#include "snapshot_changes.h"

static struct test_database db;

static void take(struct snapshot *s)
{
    struct error e = {0};
    if (!snapshot_take(&db.connection, s, &e))
        fail_msg("%s", e.message);
}

/* Whether the delta has a line with these words; prints the first line that counts. */
static bool tells(const struct delta *d, const char *expect)
{
    for (size_t i = 0; i < d->count; i++) {
        char *line = memory_format("%c %s", d->lines[i].sign, d->lines[i].full);
        bool here = strstr(line, expect) != NULL;
        if (here)
            print_message("#   %.150s\n", line);
        free(line);
        if (here)
            return true;
    }
    return false;
}

static void test_change(void **state)
{
    const struct change *change = *state;
    struct snapshot first, second, changed;
    test_database_run(&db, change->setup ? change->setup : "SELECT 1");
    take(&first);
    take(&second);
    assert_true(snapshot_equal(&first, &second));
    test_database_run(&db, change->change);
    take(&changed);
    assert_false(snapshot_equal(&first, &changed));
    struct delta delta;
    delta_compute(&first, &changed, &delta);
    if (!tells(&delta, change->expect)) {
        struct text text = {0};
        delta_render(&delta, &text);
        fail_msg("no line has \"%s\":\n%s", change->expect, text_string(&text));
    }
    if (change->back) {
        struct snapshot back;
        test_database_run(&db, change->back);
        take(&back);
        delta_release(&delta);
        delta_compute(&first, &back, &delta);
        struct text text = {0};
        delta_render(&delta, &text);
        assert_string_equal(text_string(&text), "");
        text_release(&text);
        snapshot_release(&back);
    }
    delta_release(&delta);
    snapshot_release(&first);
    snapshot_release(&second);
    snapshot_release(&changed);
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

/* What tells nothing of the schema leaves the snapshot as it is. */
static void test_no_change(void **state)
{
    (void)state;
    static const char *const same[] = {
        "INSERT INTO parent VALUES (1, 'a'); SELECT nextval('free_seq')",
        "SET search_path = app, empty",
        "SET quote_all_identifiers = on; SET TimeZone = 'Asia/Tokyo'",
        "ALTER TABLE child ADD gone int; ALTER TABLE child DROP gone",
        "GRANT ALL ON child TO CURRENT_USER",
        "CREATE TEMP TABLE parent (other int)",
        "DROP TABLE heir; CREATE TABLE heir (extra int) INHERITS (parent)",
        "ANALYZE parent; REINDEX TABLE parent",
        "SET row_security = off",
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        struct snapshot before, after;
        struct delta delta;
        test_database_run(&db, "SAVEPOINT s");
        take(&before);
        test_database_run(&db, same[i]);
        take(&after);
        delta_compute(&before, &after, &delta);
        for (size_t k = 0; k < delta.count; k++)
            print_message("# %s: %c %s\n", same[i], delta.lines[k].sign, delta.lines[k].full);
        assert_int_equal(delta.count, 0);
        delta_release(&delta);
        snapshot_release(&before);
        snapshot_release(&after);
        test_database_run(&db, "ROLLBACK TO s");
    }
}

/* The caller's transaction and settings are as they were. */
static void test_leaves_session(void **state)
{
    (void)state;
    struct error e = {0};
    struct snapshot s;
    test_database_run(&db, "SET LOCAL search_path = app, empty; SET LOCAL DateStyle = 'German'");
    take(&s);
    snapshot_release(&s);
    assert_int_equal(PQtransactionStatus(db.connection.pg), PQTRANS_INTRANS);
    char *path = connection_value(&db.connection,
                                  "SELECT current_setting('search_path') || '|' || "
                                  "current_setting('DateStyle')",
                                  0, NULL, &e);
    assert_string_equal(path, "app, empty|German, DMY");
    free(path);
}

static void test_read_only(void **state)
{
    (void)state;
    struct snapshot s;
    test_database_run(&db, "ROLLBACK; SET default_transaction_read_only = on");
    take(&s);
    assert_true(s.count > 10);
    assert_int_equal(PQtransactionStatus(db.connection.pg), PQTRANS_IDLE);
    for (size_t i = 1; i < s.count; i++)
        assert_true(strcmp(s.lines[i - 1], s.lines[i]) <= 0);
    snapshot_release(&s);
    test_database_run(&db, "RESET default_transaction_read_only");
    test_database_run(&db, "BEGIN");
}

static void test_closed_connection(void **state)
{
    (void)state;
    struct connection closed = {0};
    struct snapshot s;
    struct error e = {0};
    assert_false(snapshot_take(&closed, &s, &e));
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
    assert_int_equal(s.count, 0);
}

static void test_file(void **state)
{
    (void)state;
    char path[] = "/tmp/pgr-snapshot-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "w");
    struct snapshot taken, read;
    struct error e = {0};
    test_database_run(&db, "CREATE TABLE app.\"we ird\n(\\\" (\"a.b\" int DEFAULT 1)");
    take(&taken);
    assert_true(snapshot_write(&taken, file));
    fclose(file);
    assert_true(snapshot_read_file(&read, path, &e));
    assert_true(snapshot_equal(&taken, &read));
    assert_null(read.users);
    snapshot_release(&taken);
    snapshot_release(&read);

    static const char *const broken[] = {"", "table public.x\n",
                                         "# pgrehearse snapshot 1\nnofact\n"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        file = fopen(path, "w");
        fputs(broken[i], file);
        fclose(file);
        error_clear(&e);
        assert_false(snapshot_read_file(&read, path, &e));
        assert_int_equal(e.kind, ERROR_USAGE);
    }
    unlink(path);
    error_clear(&e);
    assert_false(snapshot_read_file(&read, path, &e));
    assert_int_equal(e.kind, ERROR_USAGE);
}

static int create(void **state)
{
    (void)state;
    struct error e = {0};
    if (test_database_create(&db, "pgr_test_snapshot") != 0)
        return -1;
    if (connection_run(&db.connection, base, &e))
        return 0;
    print_error("%s\n", e.message);
    return -1;
}

static int drop(void **state)
{
    (void)state;
    struct error e = {0};
    int failed = test_database_drop(&db);
    struct connection c = {0};
    if (connection_open(&c, getenv("PGREHEARSE_TEST_SERVER"), NULL, &e))
        connection_run(&c, "DROP ROLE IF EXISTS pgr_bob, pgr_eve", &e);
    connection_close(&c);
    return failed;
}

/* Releases of clang-format lay out a macro of braces in different ways. */
// clang-format off
#define OWN(test) {#test, test, begin, roll_back, NULL}
// clang-format on

int main(void)
{
    enum { CHANGES = sizeof changes / sizeof *changes };
    static const struct CMUnitTest own[] = {OWN(test_no_change), OWN(test_leaves_session),
                                            OWN(test_read_only), OWN(test_closed_connection),
                                            OWN(test_file)};
    enum { OWNS = sizeof own / sizeof *own };
    static struct CMUnitTest tests[CHANGES + OWNS];
    for (size_t i = 0; i < CHANGES; i++) {
        void *row = (void *)(uintptr_t)&changes[i];
        tests[i] = (struct CMUnitTest){changes[i].name, test_change, begin, roll_back, row};
    }
    for (size_t i = 0; i < OWNS; i++)
        tests[CHANGES + i] = own[i];
    return cmocka_run_group_tests_name("snapshot", tests, create, drop) ? 1 : 0;
}
