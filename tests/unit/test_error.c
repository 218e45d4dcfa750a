#include "base/error.h"

#include "../support/testing.h"

static void first_error_wins(void **state)
{
    (void)state;
    struct error e = {0};
    assert_false(error_set_sqlstate(&e, ERROR_UNAVAILABLE, "53300", "too many %s", "clients"));
    assert_false(error_set(&e, ERROR_USAGE, "another"));
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
    assert_string_equal(e.sqlstate, "53300");
    assert_string_equal(e.message, "too many clients");
    error_clear(&e);
    assert_int_equal(e.kind, ERROR_NONE);
    error_set(&e, ERROR_USAGE, "another");
    assert_string_equal(e.message, "another");
    assert_string_equal(e.sqlstate, "");
}

static void is_one_line(void **state)
{
    (void)state;
    struct error e = {0};
    error_set(&e, ERROR_USAGE, "one\n  two\r\n\tthree\n");
    assert_string_equal(e.message, "one two three");
    error_prefix(&e, "in\n%s", "a.yaml");
    assert_string_equal(e.message, "in a.yaml: one two three");
}

static void a_moved_error_stays_what_it_is(void **state)
{
    (void)state;
    struct error from = {0}, none = {0}, e = {0};
    error_take(&e, &none);
    assert_int_equal(e.kind, ERROR_NONE);
    error_set_sqlstate(&from, ERROR_UNAVAILABLE, "55P03", "lock not available");
    assert_false(error_take(&e, &from));
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
    assert_string_equal(e.sqlstate, "55P03");
    assert_string_equal(e.message, "lock not available");
    struct error other = {0};
    error_set(&other, ERROR_USAGE, "a later one");
    error_take(&e, &other);
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
    assert_string_equal(e.message, "lock not available");
}

static void a_reworded_error_stays_what_it_is(void **state)
{
    (void)state;
    struct error e = {0};
    assert_false(error_reword(&e, "nothing happened"));
    assert_int_equal(e.kind, ERROR_NONE);
    error_set_sqlstate(&e, ERROR_INTERRUPTED, "57014", "canceled");
    assert_false(error_reword(&e, "the dump:\n%s; try again", e.message));
    assert_int_equal(e.kind, ERROR_INTERRUPTED);
    assert_string_equal(e.sqlstate, "57014");
    assert_string_equal(e.message, "the dump: canceled; try again");
}

static void prefix_needs_an_error(void **state)
{
    (void)state;
    struct error e = {0};
    assert_false(error_prefix(&e, "nothing happened"));
    assert_int_equal(e.kind, ERROR_NONE);
    assert_string_equal(e.message, "");
}

/* Every length around the limit, with characters of two bytes at even and at odd positions. */
static void is_never_cut_inside_a_character(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 2; shift++) {
        for (size_t characters = 500; characters < 520; characters++) {
            char message[1100] = "x";
            for (size_t i = 0; i < characters; i++)
                memcpy(message + shift + 2 * i, "\xc3\xa4", 3);
            struct error e = {0};
            error_set(&e, ERROR_USAGE, "%s", message);
            size_t length = strlen(e.message);
            assert_int_equal((length - shift) % 2, 0);
            size_t whole = shift + 2 * characters;
            if (whole < sizeof e.message - 1)
                assert_int_equal(length, whole);
            else
                assert_true(length >= sizeof e.message - 3);
        }
    }
}

static void tells_the_server_from_what_was_asked(void **state)
{
    (void)state;
    static const struct {
        const char *sqlstate;
        bool of_server;
    } table[] = {{"", true},       {"08006", true},  {"28P01", true},  {"53100", true},
                 {"57014", true},  {"57P01", true},  {"58030", true},  {"XX001", true},
                 {"23514", false}, {"22001", false}, {"42703", false}, {"40001", false},
                 {"55P03", false}, {"P0001", false}, {"0A000", false}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct error e = {0};
        error_set_sqlstate(&e, ERROR_UNAVAILABLE, table[i].sqlstate, "m");
        if (error_is_of_server(&e) != table[i].of_server)
            fail_msg("wrong for SQLSTATE '%s'", table[i].sqlstate);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_error_wins),
        cmocka_unit_test(is_one_line),
        cmocka_unit_test(a_moved_error_stays_what_it_is),
        cmocka_unit_test(a_reworded_error_stays_what_it_is),
        cmocka_unit_test(prefix_needs_an_error),
        cmocka_unit_test(is_never_cut_inside_a_character),
        cmocka_unit_test(tells_the_server_from_what_was_asked),
    };
    return cmocka_run_group_tests_name("error", tests, NULL, NULL) ? 1 : 0;
}
