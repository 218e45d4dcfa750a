/* A cache keeps what was used last, and nothing that is not its own is touched. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/remove_tree.h"
#include "ground/cache_room.h"

#include "../support/testing.h"

static char folder[] = "/tmp/cache-room-XXXXXX";

static void keep(const char *name, long used)
{
    char *path = memory_format("%s/%s", folder, name), *file = memory_format("%s/file", path);
    assert_int_equal(mkdir(path, 0700), 0);
    close(open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    assert_int_equal(utimes(path, (const struct timeval[2]){{used, 0}, {used, 0}}), 0);
    free(file);
    free(path);
}

static bool is_there(const char *name)
{
    char *path = memory_format("%s/%s", folder, name);
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

static void test_what_was_used_last_stays(void **state)
{
    (void)state;
    keep("one-a", 40);
    keep("one-b", 10);
    keep("one-c", 30);
    keep("one-d", 20);
    keep("one-e.making-x", 1);
    keep("other-f", 2);
    cache_make_room(folder, "one-", 5);
    assert_true(is_there("one-b"));
    cache_make_room(folder, "one-", 3);
    assert_false(is_there("one-b"));
    assert_false(is_there("one-d"));
    assert_true(is_there("one-c"));
    assert_true(is_there("one-a"));
    assert_true(is_there("one-e.making-x"));
    assert_true(is_there("other-f"));
}

static void test_a_folder_that_is_not_there(void **state)
{
    (void)state;
    cache_make_room("/nowhere/at/all", "one-", 1);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    remove_tree(folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_used_last_stays),
        cmocka_unit_test(test_a_folder_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
