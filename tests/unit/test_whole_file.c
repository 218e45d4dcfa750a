/* A file is replaced as a whole; a pipe is written into, and stays one, as a device has to. */
#include "../support/testing.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/whole_file.h"

struct place {
    char *folder, *file;
};

static int set_up(void **state)
{
    struct place *p = memory_zeroed(1, sizeof *p);
    p->folder = memory_copy_of("/tmp/pgr-whole.XXXXXX");
    *state = p;
    if (!mkdtemp(p->folder))
        return -1;
    p->file = memory_format("%s/file", p->folder);
    return 0;
}

static int tear_down(void **state)
{
    struct place *p = *state;
    unlink(p->file);
    int code = rmdir(p->folder); /* fails if a temporary file is left */
    free(p->file);
    free(p->folder);
    free(p);
    return code;
}

static mode_t kind_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : 0;
}

static void a_file_is_replaced(void **state)
{
    const struct place *p = *state;
    struct error e = {0};
    struct text found = {0};
    assert_true(whole_file_write(p->file, "longer", 6, &e));
    assert_true(whole_file_write(p->file, "new", 3, &e));
    assert_true(text_read_file(&found, p->file, 100));
    assert_string_equal(text_string(&found), "new");
    text_release(&found);
}

static void a_pipe_gets_the_bytes(void **state)
{
    const struct place *p = *state;
    struct error e = {0};
    char found[8] = "";
    assert_int_equal(mkfifo(p->file, 0600), 0);
    int reader = open(p->file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    assert_true(reader >= 0);
    bool good = whole_file_write(p->file, "bytes", 5, &e);
    ssize_t length = read(reader, found, sizeof found - 1);
    close(reader);
    assert_true(good);
    assert_int_equal(length, 5);
    assert_string_equal(found, "bytes");
    assert_int_equal(kind_of(p->file), S_IFIFO);
}

static void a_pipe_without_a_reader_is_an_error(void **state)
{
    const struct place *p = *state;
    struct error e = {0};
    assert_int_equal(mkfifo(p->file, 0600), 0);
    assert_false(whole_file_write(p->file, "bytes", 5, &e));
    assert_int_equal(e.kind, ERROR_UNAVAILABLE);
    assert_non_null(strstr(e.message, p->file));
    assert_int_equal(kind_of(p->file), S_IFIFO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_is_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_pipe_gets_the_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_pipe_without_a_reader_is_an_error, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
