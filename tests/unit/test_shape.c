/* Shapes: what is read of a file, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "shape/shape.h"
#include "shape/shape_circumstances.h"

#define SHAPE(rest) "{\"shape\": 1, \"tables\": [{\"name\": \"public.t\"" rest "}]}"

#define COLUMN(rest) ", \"columns\": [{\"name\": \"c\", \"type\": \"text\", " rest "}]"

static struct shape *load(const char *content, struct error *e)
{
    char path[] = "/tmp/pgrehearse-shape-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, strlen(content)), (ssize_t)strlen(content));
    close(fd);
    struct shape *s = shape_load(path, e);
    unlink(path);
    return s;
}

static void test_sound(void **state)
{
    struct error e = {0};
    struct shape *s = *state =
        load(SHAPE(", \"rows\": 7, \"columns\": [{\"name\": \"a\\u2028\\\"b\", \"type\": \"text\", "
                   "\"nulls\": 0.25}]") "\n",
             &e);
    if (!s)
        fail_msg("%s", e.message);
    const struct shape_table *t = shape_table(s, "public.t");
    assert_non_null(t);
    assert_int_equal(*t->rows, 7);
    assert_null(t->pages);
    assert_string_equal(t->columns[0].name, "a\xe2\x80\xa8\"b");
    assert_true(*t->columns[0].nulls == 0.25);
    assert_null(t->columns[0].width);
    assert_null(shape_table(s, "public.u"));
    assert_null(shape_setting(s, "work_mem"));
}

/* Two roles; who owns most of the tables is the one that migrates. */
static void test_circumstances(void **state)
{
    static const char content[] =
        "{\"shape\": 1, \"owner\": \"b\", \"settings\": [{\"name\": \"work_mem\", \"value\": "
        "\"1\"}],"
        "\"roles\": [{\"name\": \"a\", \"rights\": \"LOGIN\"}, {\"name\": \"b\", \"member_of\": "
        "[\"a\"], \"settings_here\": [{\"name\": \"x.y\"}]}], \"tables\": [{\"name\": \"t\", "
        "\"owner\": "
        "\"a\"}, {\"name\": \"u\", \"owner\": \"b\"}, {\"name\": \"v\", \"owner\": \"b\"}, "
        "{\"name\": "
        "\"w\", \"owner\": \"c\"}]}";
    struct error e = {0};
    struct shape *s = *state = load(content, &e);
    if (!s)
        fail_msg("%s", e.message);
    assert_string_equal(shape_migrating_role(s)->name, "b");
    char *all = shape_circumstances(s), *again = shape_circumstances(s);
    assert_string_equal(all, again);
    assert_non_null(strstr(all, "\"members\": [{\"role\": \"a\", \"member\": \"b\"}]"));
    assert_non_null(
        strstr(all, "{\"role\": \"b\", \"here\": true, \"name\": \"x.y\", \"value\": null}"));
    free(all);
    free(again);
    s->role_count = 0;
    assert_null(shape_migrating_role(s));
    s->role_count = 2;
}

/* Each with the words that its one line has to have. */
static const char *const damaged[][2] = {
    {"", "empty"},
    {"{\"shape\": 1, \"tables\": [", "not YAML"},
    {"{\"shape\": 2, \"tables\": [{\"name\": \"t\"}]}", "format 2"},
    {"{\"tables\": [{\"name\": \"t\"}]}", "shape"},
    {"{\"shape\": 1, \"tables\": []}", "tables"},
    {SHAPE(", \"rows\": -4"), "rows"},
    {SHAPE(", \"rows\": \"many\""), "rows"},
    {SHAPE(", \"rowz\": 4"), "did you mean 'rows'"},
    {SHAPE("}, {\"name\": \"public.t\""), "duplicate table public.t"},
    {"{\"shape\": 2, \"gizmos\": [], \"tables\": [{\"name\": \"t\"}]}", "format 2"},
    {"shape: 37\nnew: true\n", "format 37"},
    {SHAPE(", \"rows\": 18446744073709551615"), "table public.t, rows 1.84467e+19"},
    {SHAPE(", \"bloat\": 1.5"), "bloat 1.5: expected 0 to 1"},
    {SHAPE(COLUMN("\"nulls\": 7")), "table public.t, column c, nulls 7: expected 0 to 1"},
    {SHAPE(COLUMN("\"distinct\": -5")), "distinct -5: expected -1 to 1e+15"},
    {SHAPE(COLUMN("\"width\": -1")), "width -1"},
    {SHAPE(COLUMN("\"correlation\": 1e300")), "correlation 1e+300"},
    {SHAPE(COLUMN("\"common\": [\"a\", \"b\"], \"shares\": [0.5]")),
     "column c, common 2, shares 1: expected as many of both"},
    {SHAPE("}], \"roles\": [{\"name\": \"r\"}, {\"name\": \"r\""), "duplicate role r"},
    {"[1, 2]", "expected"},
    {"hello", "expected"},
};

static void test_damaged(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        struct error e = {0};
        assert_null(load(damaged[i][0], &e));
        if (!strstr(e.message, damaged[i][1]))
            fail_msg("%s: %s", damaged[i][0], e.message);
        assert_int_equal(e.kind, ERROR_USAGE);
        assert_null(strchr(e.message, '\n'));
    }
    struct error e = {0};
    assert_null(shape_load("/nowhere/shape.json", &e));
    assert_int_equal(e.kind, ERROR_USAGE);
}

static int release(void **state)
{
    shape_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_sound, release),
        cmocka_unit_test_teardown(test_circumstances, release),
        cmocka_unit_test(test_damaged),
    };
    int failed = cmocka_run_group_tests_name("shape", tests, NULL, NULL);
    return failed ? 1 : 0;
}
