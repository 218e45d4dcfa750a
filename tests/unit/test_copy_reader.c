/* A binary COPY stream reads the same however it is cut, and nonsense is refused, never read past.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "postgres/copy_reader.h"

#define HEADER  "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"
#define ROW_1   "\0\2\0\0\0\3abc\377\377\377\377"
#define ROW_2   "\0\2\0\0\0\0\0\0\0\1x"
#define TRAILER "\377\377"

static const char good[] = HEADER ROW_1 ROW_2 TRAILER;
enum { GOOD = sizeof good - 1 };

static void note(void *context, const struct copy_field *fields, const char *end)
{
    struct text *text = context;
    for (size_t i = 0; i < 2; i++)
        if (fields[i].data)
            text_append_format(text, "[%.*s]", (int)fields[i].length, fields[i].data);
        else
            text_append(text, "NULL");
    text_append_format(text, "%td;", end - fields[0].start);
}

static void test_any_cut(void **state)
{
    (void)state;
    for (size_t a = 0; a <= GOOD; a++)
        for (size_t b = a; b <= GOOD; b++) {
            struct text text = {0};
            struct copy_reader r = {.field_count = 2, .on_row = note, .context = &text};
            assert_true(copy_reader_feed(&r, good, a));
            assert_true(copy_reader_feed(&r, good + a, b - a));
            assert_false(r.ended && b < GOOD);
            assert_true(copy_reader_feed(&r, good + b, GOOD - b));
            assert_true(r.ended);
            assert_string_equal(text_string(&text), "[abc]NULL11;[][x]9;");
            copy_reader_release(&r);
            text_release(&text);
        }
}

static void test_nonsense(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
    } broken[] = {
        {"PGCOPX\n\377\r\n\0\0\0\0\0\0\0\0\0", 19},
        {HEADER "\0\3\0\0\0\0", 25},   /* three fields */
        {HEADER "\0\2\200\0\0\0", 25}, /* a negative length */
        {HEADER TRAILER "\0\2", 23},   /* something after the end */
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct text text = {0};
        char *copy = memory_zeroed(broken[i].length, 1); /* so that a sanitizer sees its end */
        memcpy(copy, broken[i].bytes, broken[i].length);
        struct copy_reader r = {.field_count = 2, .on_row = note, .context = &text};
        assert_false(copy_reader_feed(&r, copy, broken[i].length));
        copy_reader_release(&r);
        text_release(&text);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_any_cut),
                                       cmocka_unit_test(test_nonsense)};
    return cmocka_run_group_tests_name("copy reader", tests, NULL, NULL) ? 1 : 0;
}
