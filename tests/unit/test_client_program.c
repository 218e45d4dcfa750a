/* A pg_restore that is newer than its server: the one line that such a server refuses is no error.
 */
#include "../support/testing.h"

#include "production/backups/client_program.h"

#define REFUSED                                                                                    \
    "echo 'pg_restore: error: could not execute query: ERROR:  unrecognized configuration "        \
    "parameter \"transaction_timeout\"' >&2; echo 'Command was: SET transaction_timeout = 0;' "    \
    ">&2; "
#define IGNORED "echo 'pg_restore: warning: errors ignored on restore: 1' >&2; "
#define OTHER   "echo 'pg_restore: error: could not execute query: ERROR:  no room' >&2; "

static void the_refused_line_is_no_error(void **state)
{
    (void)state;
    static const struct {
        const char *command, *words; /* of the error; NULL: success */
        bool is_ahead;
    } rows[] = {
        {"true", NULL, true},
        {REFUSED IGNORED "exit 1", NULL, true},
        {REFUSED REFUSED IGNORED "exit 1", NULL, true},
        {REFUSED IGNORED "exit 1", "transaction_timeout", false},
        {REFUSED OTHER IGNORED "exit 1", "ERROR: no room", true},
        {OTHER REFUSED IGNORED "exit 1", "ERROR: no room", true},
        {REFUSED IGNORED "exit 2", "exited with status 2", true},
        {REFUSED "kill -9 $$", "signal", true},
        {"exit 1", "exited with status 1", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error e = {0};
        const struct client_program_request request = {
            .name = "pg_restore", .command = rows[i].command, .is_ahead = rows[i].is_ahead};
        bool good = client_program_run(&request, &e);
        if (good != !rows[i].words || (!good && !strstr(e.message, rows[i].words)))
            fail_msg("%s: %s", rows[i].command, good ? "no error" : e.message);
    }
}

static void which_servers_refuse_it(void **state)
{
    (void)state;
    assert_true(client_program_line_is_refused(140000));
    assert_true(client_program_line_is_refused(160099));
    assert_false(client_program_line_is_refused(170000));
    assert_false(client_program_line_is_refused(180001));
    assert_false(client_program_is_ahead("/bin/false", 150000));
}

/* pg_dump refuses a server that is newer than itself, so no older one is taken. */
static void none_is_new_enough(void **state)
{
    (void)state;
    struct error e = {0};
    char *newest = client_program_find("pg_dump", 0, &e);
    assert_non_null(newest);
    free(newest);
    assert_null(client_program_find("pg_dump", 990001, &e));
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
    assert_non_null(strstr(e.message, "no pg_dump of PostgreSQL 99 or newer here: install the "
                                      "package postgresql-client-99"));
}

/* psql talks to newer servers, too. */
static void an_old_psql_does(void **state)
{
    (void)state;
    struct error e = {0};
    char *newest = client_program_find("psql", 0, &e),
         *old = client_program_find("psql", 990001, &e);
    assert_non_null(newest);
    assert_non_null(old);
    assert_string_equal(old, newest);
    free(newest);
    free(old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_refused_line_is_no_error), cmocka_unit_test(which_servers_refuse_it),
        cmocka_unit_test(none_is_new_enough), cmocka_unit_test(an_old_psql_does)};
    return cmocka_run_group_tests_name("client_program", tests, NULL, NULL) ? 1 : 0;
}
