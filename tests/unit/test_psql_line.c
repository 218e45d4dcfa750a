#include "postgres/psql_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *line, *error; /* NULL: none */
} lines[] = {
    {"psql:a.sql:12: ERROR:  42601: syntax error at or near \"x\"",
     "42601: syntax error at or near \"x\""},
    {"psql:a.sql:12: FEHLER:  42601: Syntaxfehler bei »x«", "42601: Syntaxfehler bei »x«"},
    {"psql:a.sql:3: ERREUR :  42P01: la relation « x » n'existe pas",
     "42P01: la relation « x » n'existe pas"},
    {"psql:-:1: FATAL:  57P01: terminating connection due to administrator command",
     "57P01: terminating connection due to administrator command"},
    {"psql:a:  b.sql:1: ERROR:  22012: division by zero", "22012: division by zero"},
    {"psql:a.sql:12: NOTICE:  00000: table \"x\" does not exist, skipping", NULL},
    {"psql:a.sql:12: HINWEIS:  00000: ERROR:  42601: no", NULL},
    {"psql:a.sql:12: WARNUNG:  01000: so so", NULL},
    {"psql:a.sql:12: NOTICE:  02000: no data", NULL},
    {"psql:a.sql:12: error: invalid command \\foo", NULL},
    {"LINE 1: SELECT:  4260: x", NULL},
    {":  426011: six", NULL},
    {":  ", NULL},
    {"", NULL},
};

static void test_errors_by_their_state(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const char *found = psql_line_error(lines[i].line);
        if (!found || !lines[i].error)
            assert_true(found == lines[i].error);
        else
            assert_string_equal(found, lines[i].error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_errors_by_their_state)};
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
