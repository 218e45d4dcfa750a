/* The runbook's ${NAME}, secrets and logs. */
#include "../support/testing.h"

#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "deployment/application_log.h"
#include "deployment/expansion.h"

struct fixture {
    char path[40], rotated[48];
    char *text;
    struct secrets secrets;
    json_t *marks;
    struct application_log_finding found;
};

static int setup(void **state)
{
    struct fixture *f = memory_zeroed(1, sizeof *f);
    *state = f;
    snprintf(f->path, sizeof f->path, "application-log-XXXXXX");
    int fd = mkstemp(f->path);
    snprintf(f->rotated, sizeof f->rotated, "%s.1", f->path);
    return fd < 0 || close(fd) != 0 ? -1 : 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    free(f->text);
    secrets_release(&f->secrets);
    application_log_finding_release(&f->found);
    json_decref(f->marks);
    unlink(f->path);
    unlink(f->rotated);
    free(f);
    return 0;
}

static void variables_are_filled_in_and_hidden(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    const char *const variables[] = {"TOKEN=geheim 123", "PORT=8080", NULL};
    f->text = expansion_of("a ${TOKEN}:${PORT} $b ${", variables, &f->secrets, &e);
    assert_string_equal(f->text, "a geheim 123:8080 $b ${");
    char *hidden = secrets_hide(&f->secrets, "it said geheim 123\nand geheim");
    assert_string_equal(hidden, "it said *** and geheim");
    free(hidden);
    assert_null(expansion_of("${NO_SUCH_VARIABLE_HERE}", variables, NULL, &e));
    assert_int_equal(e.kind, ERROR_USAGE);
    assert_non_null(strstr(e.message, "NO_SUCH_VARIABLE_HERE"));
}

static void a_password_is_hidden_in_every_spelling(void **state)
{
    struct fixture *f = *state;
    secrets_add_url(&f->secrets, "postgresql://me:a%40b%3Ac%2Fd%25e%27f%22g%20h@host/db");
    char *hidden = secrets_hide(&f->secrets, "x a@b:c/d%e'f\"g h y");
    assert_string_equal(hidden, "x *** y");
    free(hidden);
    assert_int_equal(f->secrets.count, 2);
    hidden = secrets_hide(&f->secrets, f->secrets.values[0]);
    assert_string_equal(hidden, "***");
    free(hidden);
}

static void append(const char *path, const char *lines)
{
    FILE *file = fopen(path, "ae");
    assert_non_null(file);
    assert_true(fputs(lines, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static struct deployment_log file_log(struct fixture *f)
{
    return (struct deployment_log){.name = (char *)"l",
                                   .file = f->path,
                                   .errors = (char *)"ERROR",
                                   .ignore = (char *)"harmless",
                                   .seconds = 0.05};
}

static bool watch(struct fixture *f, struct deployment_log *log, struct error *e)
{
    const struct deployment d = {.logs = log, .log_count = 1};
    application_log_finding_release(&f->found);
    return application_log_watch(&d, f->marks, "now", NULL, NULL, &f->found, e);
}

static void mark(struct fixture *f, struct deployment_log *log)
{
    struct error e = {0};
    const struct deployment d = {.logs = log, .log_count = 1};
    json_decref(f->marks);
    f->marks = application_log_mark(&d, NULL, &e);
    assert_non_null(f->marks);
}

static void only_new_errors_count(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    struct deployment_log log = file_log(f);
    append(f->path, "ERROR of old\n");
    mark(f, &log);
    append(f->path, "well\nERROR but harmless\nERR");
    assert_true(watch(f, &log, &e));
    assert_null(f->found.log);
    append(f->path, "OR now\n");
    assert_true(watch(f, &log, &e));
    assert_string_equal(f->found.line, "ERROR now");
}

static void a_rotated_file_is_read_from_its_start(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    struct deployment_log log = file_log(f);
    append(f->path, "a long line, longer than what comes then\n");
    mark(f, &log);
    assert_int_equal(rename(f->path, f->rotated), 0);
    append(f->path, "ERROR\n");
    assert_true(watch(f, &log, &e));
    assert_string_equal(f->found.line, "ERROR");
}

static void what_cannot_be_watched_is_an_error(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    struct deployment_log log = file_log(f);
    mark(f, &log);
    unlink(f->path);
    assert_false(watch(f, &log, &e));
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
    struct deployment_log command = {.name = (char *)"c",
                                     .command = (char *)"no-such-command-here",
                                     .errors = (char *)"ERROR",
                                     .seconds = 0.3};
    error_clear(&e);
    assert_false(watch(f, &command, &e));
    assert_non_null(strstr(e.message, "no-such-command-here"));
}

static void a_command_is_watched_too(void **state)
{
    struct fixture *f = *state;
    struct error e = {0};
    struct deployment_log log = {.name = (char *)"c",
                                 .command =
                                     (char *)"echo \"ERROR since $DEPLOY_STARTED\"; sleep 300",
                                 .errors = (char *)"ERROR",
                                 .seconds = 0.3};
    assert_true(watch(f, &log, &e));
    for (; !f->found.line && log.seconds < 100; log.seconds *= 2) /* the shell may start late */
        assert_true(watch(f, &log, &e));
    assert_string_equal(f->found.line, "ERROR since now");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(variables_are_filled_in_and_hidden, setup, teardown),
        cmocka_unit_test_setup_teardown(a_password_is_hidden_in_every_spelling, setup, teardown),
        cmocka_unit_test_setup_teardown(only_new_errors_count, setup, teardown),
        cmocka_unit_test_setup_teardown(a_rotated_file_is_read_from_its_start, setup, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_watched_is_an_error, setup, teardown),
        cmocka_unit_test_setup_teardown(a_command_is_watched_too, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
