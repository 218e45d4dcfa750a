/* An embedded server that is started again with other buffers, over its socket and over a port. */
#include <stdlib.h>
#include <string.h>

#include "../support/testing.h"
#include "base/memory.h"
#include "ground/lease.h"
#include "measures/comparisons/bench.h" /* not "server.h": here lies another one */

struct fixture {
    struct run_folder folder;
    struct server server;
    struct connection other;
};

static int set_up(void **state)
{
    struct fixture *f = *state = memory_zeroed(1, sizeof *f);
    struct error e = {0};
    f->folder.lock.fd = -1;
    return run_folder_create(&f->folder, 1 << 20, &e) ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    connection_close(&f->other);
    server_close(&f->server, false);
    run_folder_remove(&f->folder, &(struct error){0});
    free(f);
    return 0;
}

static void hold(struct connection *c, const char *sql, const char *expected)
{
    struct error e = {0};
    char *value = connection_value(c, sql, 0, NULL, &e);
    bool same = value && strcmp(value, expected) == 0;
    if (!same)
        print_message("# %s: %s%s, not %s\n", sql, value ? value : "", e.message, expected);
    free(value);
    assert_true(same);
}

static void restart(struct fixture *f, bool with_port)
{
    const struct suite suite = {.role = SUITE_ROLE_SUPERUSER};
    struct error e = {0};
    assert_true(server_open(&f->server, NULL, NULL, &suite, with_port, &f->folder, NULL, &e));
    hold(&f->server.lease, "SHOW shared_buffers", "256MB");
    hold(&f->server.lease, "SHOW wal_buffers", "8MB");
    assert_true(connection_run(&f->server.lease, "CREATE TABLE kept AS SELECT 42 AS n", &e));
    assert_true(server_set_buffers(&f->server, 5 << 20, &f->folder, &e));
    hold(&f->server.lease, "SHOW shared_buffers", "5MB");
    hold(&f->server.lease, "SHOW wal_buffers", "8MB");
    hold(&f->server.lease, "SHOW fsync", "off");
    hold(&f->server.lease, "SELECT n FROM kept", "42");
    assert_true(lease_is_held(&f->server.lease, f->folder.id));
    assert_true(connection_open(&f->other, f->server.port_url, NULL, &e));
    hold(&f->other, "SELECT n FROM kept", "42");
}

static void test_socket(void **state)
{
    restart(*state, false);
}

static void test_port(void **state)
{
    restart(*state, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_socket, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_port, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("buffers of a server", tests, NULL, NULL) ? 1 : 0;
}
