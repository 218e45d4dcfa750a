#include "base/nearest.h"

#include <string.h>
#include <unistd.h>

#include "../support/testing.h"
#include "base/memory.h"
#include "base/yaml_name.h"

static const char *const names[] = {"delta", "rows-kept", "refusal", "idempotency", "undone", NULL};
enum { NAMES = sizeof names / sizeof *names };

static void a_slip_is_seen(void **state)
{
    (void)state;
    static const struct {
        const char *given, *near;
    } rows[] = {
        {"detla", "delta"},         /* exchanged */
        {"dlta", "delta"},          /* missing */
        {"deltaa", "delta"},        /* too many */
        {"Delta", "delta"},         /* upper case */
        {"row-kept", "rows-kept"},  /* missing */
        {"rows_kept", "rows-kept"}, /* another */
        {"idem", "idempotency"},    /* its beginning */
        {"idempotenci", "idempotency"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *near = nearest_name(rows[i].given, names, NAMES);
        if (!near || strcmp(near, rows[i].near) != 0)
            print_error("%s: %s\n", rows[i].given, near ? near : "nothing");
        assert_non_null(near);
        assert_string_equal(near, rows[i].near);
    }
}

static void what_is_far_is_not_guessed(void **state)
{
    (void)state;
    static const char *const far[] = {"", "x", "it", "schema", "donut", "refusals-of-everything"};
    for (size_t i = 0; i < sizeof far / sizeof *far; i++)
        assert_null(nearest_name(far[i], names, NAMES));
    char long_name[200];
    memset(long_name, 'a', sizeof long_name);
    long_name[sizeof long_name - 1] = '\0';
    assert_null(nearest_name(long_name, names, NAMES));
    assert_null(nearest_name("delta", names, 0));
}

static void an_unknown_name_is_placed(void **state)
{
    (void)state;
    char path[] = "/tmp/yaml_name.XXXXXX";
    static const char yaml[] = "# detla\nother: detla\nlist:\n  - {checks: [delta]}\n"
                               "  - name: detla\n    checks:\n      - detla\n";
    struct error e = {0};
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, yaml, sizeof yaml - 1), sizeof yaml - 1);
    close(fd);
    yaml_name_unknown(path, "list.checks", "kind of check", "detla", names, NAMES - 1, &e);
    struct error far = {0};
    yaml_name_unknown(path, "list.name", "name", "nowhere", names, 2, &far);
    unlink(path);
    char *expected = memory_format("%s, line 7, key list.checks: no kind of check 'detla'; did you "
                                   "mean 'delta'?",
                                   path);
    bool good = strcmp(e.message, expected) == 0;
    free(expected);
    if (!good)
        print_error("%s\n", e.message);
    assert_true(good);
    assert_int_equal(e.kind, ERROR_USAGE);
    assert_non_null(strstr(far.message, "key list.name: no name 'nowhere'; expected one of delta, "
                                        "rows-kept"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slip_is_seen),
        cmocka_unit_test(what_is_far_is_not_guessed),
        cmocka_unit_test(an_unknown_name_is_placed),
    };
    return cmocka_run_group_tests_name("nearest", tests, NULL, NULL) ? 1 : 0;
}
