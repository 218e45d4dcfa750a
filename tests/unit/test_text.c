#include "base/text.h"

#include <errno.h>
#include <unistd.h>

#include "../support/testing.h"

static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct text));
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    text_release(*state);
    free(*state);
    return 0;
}

static void empty_is_a_string(void **state)
{
    struct text *t = *state;
    assert_string_equal(text_string(t), "");
    text_append_bytes(t, NULL, 0);
    assert_string_equal(text_string(t), "");
    char *detached = text_detach(t);
    assert_string_equal(detached, "");
    free(detached);
    detached = text_detach(t); /* nothing was ever added */
    assert_string_equal(detached, "");
    free(detached);
}

static void grows_over_every_capacity(void **state)
{
    struct text *t = *state;
    for (size_t i = 0; i < 5000; i++) {
        text_append_bytes(t, "x", 1);
        assert_int_equal(t->length, i + 1);
        assert_int_equal(t->data[i + 1], '\0');
    }
    assert_int_equal(strlen(t->data), 5000);
}

static void formats_longer_than_the_room(void **state)
{
    struct text *t = *state;
    text_append(t, "a");
    text_append_format(t, "%0*d|%s", 300, 7, "end");
    assert_int_equal(t->length, 1 + 300 + 4);
    assert_string_equal(t->data + t->length - 5, "7|end");
}

static void clear_keeps_memory_detach_gives_it_away(void **state)
{
    struct text *t = *state;
    text_append(t, "abc");
    const char *memory = t->data;
    text_clear(t);
    assert_string_equal(text_string(t), "");
    text_append(t, "de");
    assert_ptr_equal(t->data, memory);
    char *detached = text_detach(t);
    assert_string_equal(detached, "de");
    free(detached);
    assert_null(t->data);
    assert_int_equal(t->length, 0);
}

static void one_line(void **state)
{
    (void)state;
    static const char *const table[][2] = {
        {"", ""},
        {" \n\t", ""},
        {"a", "a"},
        {"  a  b\r\n\tc\n", "a b c"},
        {"a\x01\x1b[31mb\x7f", "a [31mb"},
        {"gr\xc3\xbc\xc3\x9f\n dich", "gr\xc3\xbc\xc3\x9f dich"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char *line = text_one_line(table[i][0]);
        assert_string_equal(line, table[i][1]);
        free(line);
    }
}

static void reads_a_file_up_to_its_limit(void **state)
{
    struct text *t = *state;
    char path[] = "/tmp/pgr-text-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    ssize_t written = write(fd, "ab\0cd", 5);
    close(fd);
    bool whole = text_read_file(t, path, 5);
    size_t length = t->length;
    text_clear(t);
    errno = 0;
    bool over = text_read_file(t, path, 4);
    int reason = errno;
    unlink(path);
    assert_int_equal(written, 5);
    assert_true(whole);
    assert_int_equal(length, 5);
    assert_false(over);
    assert_int_equal(reason, EFBIG);
    text_clear(t);
    assert_false(text_read_file(t, path, 5));
    assert_int_equal(errno, ENOENT);
    assert_false(text_read_file(t, "/", 5));
    assert_int_equal(errno, EISDIR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(empty_is_a_string, set_up, tear_down),
        cmocka_unit_test_setup_teardown(grows_over_every_capacity, set_up, tear_down),
        cmocka_unit_test_setup_teardown(formats_longer_than_the_room, set_up, tear_down),
        cmocka_unit_test_setup_teardown(clear_keeps_memory_detach_gives_it_away, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_a_file_up_to_its_limit, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL) ? 1 : 0;
}
