/* What every unit test includes: cmocka with the headers that it wants before it, and the server.
 */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* The URL of the server that tests/support/with-server runs; without one the test fails. */
static inline const char *test_server(void)
{
    const char *url = getenv("PGREHEARSE_TEST_SERVER");
    if (!url || !*url)
        fail_msg("PGREHEARSE_TEST_SERVER is not set: run this beside tests/support/with-server");
    return url;
}
