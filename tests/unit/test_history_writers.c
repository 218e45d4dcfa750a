/*
 * A history in PostgreSQL under 32 writers that begin at once, on a database that has none: each
 * finds the schema, makes it or waits for it, and everybody's run is there in the end, once and
 * whole. A writer is this program once more, in a folder that is laid out as an installation.
 */
#include "server.h"
#include "shell.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measures/histories/history.h"

enum { WRITERS = 32, VALUES = 5, MOST = 4096 };

struct fixture {
    struct test_database database;
    char folder[32], program[64];
};

static void make_record(struct run_record *r, int number)
{
    *r = (struct run_record){.seconds = 1};
    r->id = memory_format("%012x", (unsigned)number);
    r->version = memory_copy_of("0.0.0");
    snprintf(r->started_at, sizeof r->started_at, "2026-03-01T10:00:%02dZ", number);
    r->suite = memory_copy_of("library");
    r->migrator = memory_copy_of("psql");
    r->baseline = memory_copy_of("1");
    r->target = memory_copy_of("2");
    record_add_circumstance(r, "server_version", "15.20");
    struct step *step = record_add_step(record_add_scenario(r, "fresh", "title"), "upgrade");
    record_add_check(step, "upgrade", "")->outcome = OUTCOME_PASSED;
    for (int i = 0; i < VALUES; i++) {
        char *name = memory_format("measure %d", i);
        record_add_measurement(step, name, "s", number + i, 0);
        free(name);
    }
}

/* The child: waits for the start, writes its run, and compares it with what the others wrote. */
static int write_one(const char *url, int number)
{
    struct store store = {0};
    struct run_record record;
    struct error e = {0};
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0)
        ;
    make_record(&record, number);
    bool good = store_open(&store, url, STORE_WRITE, NULL, &e) &&
                history_write(&store, &record, &e) && history_compare(&store, &record, &e);
    if (!good)
        fprintf(stderr, "writer %d: %s\n", number, e.message);
    store_close(&store);
    record_release(&record);
    return good ? 0 : 1;
}

static int set_up(void **state)
{
    struct fixture *f = memory_zeroed(1, sizeof *f);
    char own[MOST];
    *state = f;
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    snprintf(f->folder, sizeof f->folder, "/tmp/pgr-writers-XXXXXX");
    if (length <= 0 || !mkdtemp(f->folder) || test_database_create(&f->database, "writers") != 0)
        return -1;
    own[length] = '\0';
    snprintf(f->program, sizeof f->program, "%s/build/bin/writer", f->folder);
    shell("cd '%s' && mkdir -p build/bin && cp '%s' build/bin/writer && "
          "cp \"$(dirname '%s')/../../bin/pgrehearse-migrate\" build/bin/ && "
          "ln -s '" TEST_SOURCE_DIRECTORY "/../harness' '" TEST_SOURCE_DIRECTORY "/../fixtures' .",
          f->folder, own, own);
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    shell("rm -rf '%s'", f->folder);
    int dropped = test_database_drop(&f->database);
    free(f);
    return dropped;
}

static pid_t start(const struct fixture *f, int number, int start_line)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    char text[16];
    snprintf(text, sizeof text, "%d", number);
    if (dup2(start_line, STDIN_FILENO) == STDIN_FILENO)
        execl(f->program, f->program, f->database.url, text, (char *)NULL);
    _exit(127);
}

static void expect(struct fixture *f, const char *query, const char *expected)
{
    struct error e = {0};
    char *value = connection_value(&f->database.connection, query, 0, NULL, &e);
    assert_string_equal(e.message, "");
    assert_string_equal(value, expected);
    free(value);
}

/* Makes the schema and does not end: whoever makes it, too, waits. */
static void hold_schema(struct fixture *f, struct connection *holder)
{
    struct error e = {0};
    *holder = (struct connection){0};
    bool good = connection_open(holder, f->database.url, NULL, &e) &&
                connection_run(holder, "BEGIN; CREATE SCHEMA pgrehearse", &e);
    assert_string_equal(e.message, "");
    assert_true(good);
}

static void wait_for_all(struct fixture *f)
{
    static const char query[] =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
        "wait_event_type = 'Lock'";
    bool all = false;
    for (int i = 0; !all && i < 6000; i++) {
        struct error e = {0};
        char *waiting = connection_value(&f->database.connection, query, 0, NULL, &e);
        assert_non_null(waiting);
        all = strtol(waiting, NULL, 10) == WRITERS;
        free(waiting);
        usleep(10000);
    }
    assert_true(all);
}

static void all_runs_are_there(void **state)
{
    struct fixture *f = *state;
    struct connection holder;
    int line[2], failed = 0;
    pid_t writers[WRITERS];
    hold_schema(f, &holder);
    assert_int_equal(pipe2(line, O_CLOEXEC), 0);
    for (int i = 0; i < WRITERS; i++)
        writers[i] = start(f, i, line[0]);
    close(line[0]);
    close(line[1]); /* the last writing end: all of them go */
    wait_for_all(f);
    connection_close(&holder); /* nobody has made it yet */
    for (int i = 0; i < WRITERS; i++) {
        int status = -1;
        assert_true(writers[i] > 0);
        assert_int_equal(waitpid(writers[i], &status, 0), writers[i]);
        failed += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    }
    assert_int_equal(failed, 0);
    expect(f, "SELECT count(*) || ' ' || count(DISTINCT id) FROM pgrehearse.runs", "32 32");
    expect(f,
           "SELECT count(*) || ' ' || count(DISTINCT run) FROM pgrehearse.measurements "
           "WHERE measure LIKE 'measure %'",
           "160 32");
    expect(f, "SELECT count(*) FROM pgrehearse.alembic_version", "1");
}

int main(int argc, char **argv)
{
    if (argc == 3)
        return write_one(argv[1], (int)strtol(argv[2], NULL, 10));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_runs_are_there, set_up, tear_down)};
    return cmocka_run_group_tests_name("history_writers", tests, NULL, NULL) ? 1 : 0;
}
