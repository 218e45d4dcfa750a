/* What a revision is approved to change: written, read back, and held against what was found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "schema/expectation.h"

static char orders[] = "public.orders", vans[] = "public.vans", van[] = "public.van";
static char depot[] = "depot", plate[] = "plate", example[] = "id 7";
static char orders_fact[] = "table public.orders";
static struct data_change dropped = {DATA_TABLE_DROPPED, orders, NULL, 3, NULL};
static struct data_change changed = {DATA_VALUES_CHANGED, vans, depot, 1, example};

static char *temporary(const char *content)
{
    char *path = memory_copy_of("/tmp/expectation-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, strlen(content)), strlen(content));
    close(fd);
    return path;
}

static void test_written_is_read_back(void **state)
{
    (void)state;
    struct error e = {0};
    struct data_change items[] = {dropped, changed};
    struct data_changes changes = {.items = items, .count = 2};
    struct delta_line line = {'-', orders_fact, orders_fact, false};
    struct delta delta = {&line, 1};
    struct expectation x;
    char *path = temporary("");
    assert_true(expectation_write(path, "2", &delta, &changes, true, &e));
    assert_true(expectation_read(&x, path, &e));
    assert_int_equal(x.delta.count, 1);
    assert_string_equal(x.delta.lines[0].pattern, "table public.orders");
    assert_int_equal(x.data_count, 2);
    assert_true(x.no_way_back);
    assert_true(expectation_allows(&x, &dropped));
    assert_true(expectation_allows(&x, &changed));
    expectation_release(&x);
    unlink(path);
    free(path);
}

static void test_only_what_is_approved(void **state)
{
    (void)state;
    struct error e = {0};
    struct expectation x;
    char *path = temporary("# a comment\n\nchanges values of public.vans.depot \r\n");
    assert_true(expectation_read(&x, path, &e));
    struct data_change other = {DATA_VALUES_CHANGED, vans, plate, 1, NULL};
    struct data_change filled = {DATA_VALUES_FILLED, vans, depot, 1, NULL};
    assert_true(expectation_allows(&x, &changed));
    assert_false(expectation_allows(&x, &other));
    assert_false(expectation_allows(&x, &filled));
    assert_false(expectation_allows(&x, &dropped));
    assert_false(x.no_way_back);
    expectation_release(&x);
    unlink(path);
    free(path);
}

/* What is approved and does not happen is a deviation too, unless there was no row to show it. */
static void test_missing(void **state)
{
    (void)state;
    struct error e = {0};
    struct expectation x;
    char *path =
        temporary("changes values of public.vans.depot\ndrops the rows of public.orders\n");
    char *empty[] = {van, orders};
    struct data_changes none = {.empty = empty, .empty_count = 2};
    struct data_changes one = {.items = &changed, .count = 1};
    size_t count;
    assert_true(expectation_read(&x, path, &e));
    char **missing = expectation_missing(&x, &none, &count);
    assert_int_equal(count, 1);
    assert_string_equal(missing[0], "changes values of public.vans.depot");
    free(missing[0]);
    free(missing);
    missing = expectation_missing(&x, &one, &count);
    assert_int_equal(count, 1);
    assert_string_equal(missing[0], "drops the rows of public.orders");
    free(missing[0]);
    free(missing);
    expectation_release(&x);
    unlink(path);
    free(path);
}

static void assert_refused(const char *content, const char *message)
{
    struct error e = {0};
    struct expectation x;
    char *path = temporary(content);
    assert_false(expectation_read(&x, path, &e));
    assert_int_equal(e.kind, ERROR_USAGE);
    assert_non_null(strstr(e.message, message));
    assert_int_equal(x.data_count, 0);
    unlink(path);
    free(path);
}

static void test_bad_lines(void **state)
{
    (void)state;
    assert_refused("# fine\n+ nothing\n", ":2: expected");
    assert_refused("changes values of\n", ":1: expected");
    assert_refused("can not be undone\n", ":1: expected");
    assert_refused("drops the rows of public.orders\n\n*\n", ":3: expected");
    struct error e = {0};
    struct expectation x;
    assert_false(expectation_read(&x, "/nonexistent/2.expected", &e));
    assert_int_equal(e.kind, ERROR_USAGE);
}

static void test_cannot_be_written(void **state)
{
    (void)state;
    struct error e = {0};
    assert_false(expectation_write("/proc/nothing/2.expected", "2", &(struct delta){0},
                                   &(struct data_changes){0}, false, &e));
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written_is_read_back),
        cmocka_unit_test(test_only_what_is_approved),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_bad_lines),
        cmocka_unit_test(test_cannot_be_written),
    };
    return cmocka_run_group_tests_name("expectation", tests, NULL, NULL) ? 1 : 0;
}
