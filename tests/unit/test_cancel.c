/* A request to stop gets through, whatever the system says to the first try. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cancel.h"

static int failures; /* of write(), still to come */

/* In the place of the C library's. */
ssize_t write(int fd, const void *bytes, size_t count)
{
    if (failures > 0) {
        failures--;
        errno = ENOSPC;
        return -1;
    }
    return syscall(SYS_write, fd, bytes, count);
}

/* Threads that poll it would wait for ever, and with them whoever joins them. */
static void test_a_failed_write_is_repeated(void **state)
{
    struct cancel c;
    (void)state;
    assert_true(cancel_init(&c));
    failures = 3;
    errno = EINTR;
    cancel_raise(&c);
    assert_int_equal(failures, 0);
    assert_int_equal(errno, EINTR);
    assert_true(cancel_is_raised(&c));
    cancel_release(&c);
}

static void test_without_a_descriptor_nothing_is_raised(void **state)
{
    struct cancel c = {.fd = -1};
    (void)state;
    cancel_raise(&c);
    assert_false(cancel_is_raised(&c));
    assert_false(cancel_is_raised(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_failed_write_is_repeated),
        cmocka_unit_test(test_without_a_descriptor_nothing_is_raised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
