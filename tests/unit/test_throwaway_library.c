/* Throwaway databases for tests in C (pgrehearse/throwaway.h), here on a server that is given. */
#include "../support/testing.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/remove_tree.h"
#include "pgrehearse/throwaway.h"
#include "postgres/connection.h"

struct bench {
    char *folder;
    struct connection server;
    unsigned made; /* how often make() was called */
};

static void write_script(const struct bench *b, const char *name, const char *sql)
{
    char *path = memory_format("%s/%s", b->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(sql, file) >= 0);
    assert_int_equal(fclose(file), 0);
    free(path);
}

static int set_up(void **state)
{
    struct bench *b = memory_zeroed(1, sizeof *b);
    struct error e = {0};
    *state = b;
    b->folder = mkdtemp(memory_copy_of("/tmp/test_throwaway_library.XXXXXX"));
    write_script(b, "V2__rows.sql", "INSERT INTO orders SELECT generate_series(1, 3);");
    write_script(b, "V1__orders.sql", "CREATE TABLE orders (id int PRIMARY KEY);");
    write_script(b, "V10__last.sql", "UPDATE orders SET id = 10 WHERE id = 3;");
    write_script(b, "README.md", "not SQL");
    return b->folder && connection_open(&b->server, test_server(), NULL, &e) ? 0 : -1;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    connection_close(&b->server);
    if (b->folder)
        remove_tree(b->folder);
    free(b->folder);
    free(b);
    return 0;
}

static char *ask(const char *url, const char *query)
{
    struct connection c = {0};
    struct error e = {0};
    char *value =
        connection_open(&c, url, NULL, &e) ? connection_value(&c, query, 0, NULL, &e) : NULL;
    connection_close(&c);
    if (!value)
        fail_msg("%s", e.message);
    return value;
}

static void is_answered(const char *url, const char *query, const char *expected)
{
    char *value = ask(url, query);
    assert_string_equal(value, expected);
    free(value);
}

/* The database of a URL, which is part of its path. */
static bool is_there(struct bench *b, const char *database)
{
    struct error e = {0};
    char *count = connection_value(
        &b->server, "SELECT count(*) FROM pg_database WHERE datname = $1", 1, &database, &e);
    bool found = count && strcmp(count, "1") == 0;
    free(count);
    return found;
}

static struct pgr_template *open_source(const struct pgr_template_source *source)
{
    struct pgr_error e = {""};
    struct pgr_template *t = pgr_template_open(source, &e);
    if (!t)
        fail_msg("%s", e.message);
    return t;
}

static struct pgr_throwaway *get(struct pgr_template *t)
{
    struct pgr_error e = {""};
    struct pgr_throwaway *d = pgr_throwaway(t, &e);
    if (!d)
        fail_msg("%s", e.message);
    return d;
}

static void close_template(struct pgr_template *t)
{
    struct pgr_error e = {""};
    if (!pgr_template_close(t, &e))
        fail_msg("%s", e.message);
}

static void each_gets_its_own(void **state)
{
    struct bench *b = *state;
    struct pgr_template *t = open_source(&(struct pgr_template_source){
        .size = sizeof(struct pgr_template_source), .server = test_server(), .sql = b->folder});
    struct pgr_throwaway *first = get(t), *second = get(t);
    free(ask(pgr_throwaway_url(first), "DELETE FROM orders WHERE id < 10 RETURNING id"));
    is_answered(pgr_throwaway_url(first), "SELECT sum(id) FROM orders", "10");
    is_answered(pgr_throwaway_url(second), "SELECT sum(id) FROM orders", "13");
    char *name = ask(pgr_throwaway_url(first), "SELECT current_database()");
    char *other = ask(pgr_throwaway_url(second), "SELECT current_database()");
    assert_string_not_equal(name, other);
    struct connection busy = {0}; /* whoever is connected is thrown out */
    struct error e = {0};
    assert_true(connection_open(&busy, pgr_throwaway_url(first), NULL, &e));
    assert_true(pgr_throwaway_drop(first, NULL));
    connection_close(&busy);
    assert_false(is_there(b, name));
    assert_true(is_there(b, other));
    close_template(t);
    assert_false(is_there(b, other)); /* it was left to the template */
    free(other);
    free(name);
}

static bool make_table(const char *url, void *context)
{
    struct bench *b = context;
    b->made++;
    is_answered(url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", "0");
    struct connection c = {0};
    struct error e = {0};
    bool good = connection_open(&c, url, NULL, &e) &&
                connection_run(&c, "CREATE TABLE made_once (id int)", &e);
    connection_close(&c);
    return good;
}

static void one_digest_is_one_template(void **state)
{
    struct bench *b = *state;
    struct pgr_template_source source = {.size = sizeof source,
                                         .server = test_server(),
                                         .make = make_table,
                                         .context = b,
                                         .version = b->folder}; /* unique to this run */
    struct pgr_template *first = open_source(&source), *second = open_source(&source);
    assert_int_equal(b->made, 1);
    source.version = b->folder + 1;
    struct pgr_template *other = open_source(&source);
    assert_int_equal(b->made, 2);
    source.version = NULL;
    struct pgr_template *own = open_source(&source);
    assert_int_equal(b->made, 3);
    close_template(first);
    struct pgr_throwaway *d = get(second); /* it is still in use there */
    is_answered(pgr_throwaway_url(d), "SELECT count(*) FROM made_once", "0");
    close_template(second);
    source.version = b->folder;
    struct pgr_template *again = open_source(&source); /* the last one dropped it */
    assert_int_equal(b->made, 4);
    close_template(again);
    close_template(own);
    close_template(other);
}

static bool make_nothing(const char *url, void *context)
{
    (void)url;
    (void)context;
    return false;
}

static void is_refused(const struct pgr_template_source *source, const char *expected)
{
    struct pgr_error e = {""};
    assert_null(pgr_template_open(source, &e));
    if (!strstr(e.message, expected))
        fail_msg("expected %s, said: %s", expected, e.message);
    assert_null(strchr(e.message, '\n'));
    assert_null(pgr_template_open(source, NULL)); /* nobody wants to know */
}

static void what_is_wrong_is_said(void **state)
{
    struct bench *b = *state;
    struct pgr_template_source source = {.size = sizeof source, .server = test_server()};
    source.sql = "/no/such";
    is_refused(&source, "/no/such");
    char *empty = memory_format("%s/empty", b->folder);
    assert_int_equal(mkdir(empty, 0700), 0);
    source.sql = empty;
    is_refused(&source, "has no .sql files");
    free(empty);
    write_script(b, "V3__wrong.sql", "SELECT no_such_column FROM orders;");
    source.sql = b->folder;
    is_refused(&source, "V3__wrong.sql: column \"no_such_column\" does not exist (SQLSTATE 42703)");
    source.sql = NULL;
    source.make = make_nothing;
    is_refused(&source, "the template's make() failed");
    source.make = NULL;
    source.server = "postgresql://nobody@127.0.0.1:1/none";
    is_refused(&source, "127.0.0.1");
    source.size = 3;
    is_refused(&source, "has size 3");
    is_refused(NULL, "has size 0");
    assert_true(pgr_template_close(NULL, NULL));
    assert_true(pgr_throwaway_drop(NULL, NULL));
}

/* A process that gets a database, writes what `query` says of it, and waits to be killed. */
static pid_t start_victim(const struct pgr_template_source *source, const char *query,
                          char said[256])
{
    int way[2];
    assert_int_equal(pipe(way), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct pgr_template *t = pgr_template_open(source, NULL);
        struct pgr_throwaway *d = t ? pgr_throwaway(t, NULL) : NULL;
        char *found = d ? ask(pgr_throwaway_url(d), query) : NULL;
        if (!found || write(way[1], found, strlen(found) + 1) < 0)
            _exit(1);
        pause();
    }
    close(way[1]);
    ssize_t length = read(way[0], said, 256);
    close(way[0]);
    assert_true(length > 1);
    return pid;
}

static void kill_and_bury(pid_t pid)
{
    int status;
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
}

/* The server notices that its client has gone, and gives up the lease, when it gets to it. */
static void wait_for_sessions(struct bench *b, const char *database)
{
    struct error e = {0};
    bool gone = false;
    for (int i = 0; i < 3000 && !gone; i++) {
        char *held = connection_value(
            &b->server,
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid::bigint = "
            "('x' || substr($1, 12, 8))::bit(32)::bigint & 4294967295",
            1, &database, &e);
        gone = held && strcmp(held, "0") == 0;
        free(held);
        usleep(10000);
    }
    assert_true(gone);
}

static void the_next_sweeps_after_a_kill(void **state)
{
    struct bench *b = *state;
    char name[256] = "";
    struct pgr_template_source source = {
        .size = sizeof source, .server = test_server(), .sql = b->folder, .version = b->folder};
    kill_and_bury(start_victim(&source, "SELECT current_database()", name));
    assert_true(is_there(b, name));
    wait_for_sessions(b, name);
    close_template(open_source(&source));
    for (int i = 0; i < 3000 && is_there(b, name); i++)
        usleep(10000); /* another process may be at it */
    assert_false(is_there(b, name));
}

static void a_server_of_its_own_dies_with_the_process(void **state)
{
    struct bench *b = *state;
    char folder[256] = "";
    struct pgr_template_source source = {.size = sizeof source,
                                         .sql = b->folder,
                                         .superuser = true}; /* it asks where its socket is */
    kill_and_bury(
        start_victim(&source, "SELECT current_setting('unix_socket_directories')", folder));
    assert_int_equal(access(folder, F_OK), 0);
    source.superuser = false;
    struct pgr_template *t = open_source(&source);
    for (int i = 0; i < 3000 && access(folder, F_OK) == 0; i++)
        usleep(10000);                             /* another process may be at it */
    assert_int_not_equal(access(folder, F_OK), 0); /* swept, with the server */
    struct pgr_throwaway *d = get(t);
    is_answered(pgr_throwaway_url(d), "SELECT sum(id) FROM orders", "13");
    static const char rights[] =
        "SELECT concat_ws(' ', rolsuper, datdba = r.oid) FROM pg_roles r, pg_database "
        "WHERE rolname = current_user AND datname = current_database()";
    is_answered(pgr_throwaway_url(d), rights, "f t");
    /* a second template on the same server */
    source.server = pgr_template_server(t);
    struct pgr_template *beside = open_source(&source);
    struct pgr_throwaway *other = get(beside);
    is_answered(pgr_throwaway_url(other), "SELECT count(*) FROM orders", "3");
    close_template(beside);
    close_template(t);
    source.server = NULL;
    source.superuser = true;
    t = open_source(&source);
    is_answered(pgr_throwaway_url(get(t)), rights, "t t");
    close_template(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_gets_its_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_digest_is_one_template, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_next_sweeps_after_a_kill, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_server_of_its_own_dies_with_the_process, set_up,
                                        tear_down),
    };
    int failed = cmocka_run_group_tests_name("throwaway library", tests, NULL, NULL);
    return failed ? 1 : 0;
}
