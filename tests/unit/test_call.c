/* How a migrator is called: the URL as its driver wants it. */
#include "migrator/call.h"

#include "../support/testing.h"
#include "base/memory.h"

static char *rest_of(bool port, const char *url)
{
    char name[] = "tool", command[] = "{rest}";
    struct suite_migrator definition = {.name = name, .current = command, .port = port};
    struct migrator m = {.definition = &definition, .directory = name};
    struct call c;
    struct error e = {0};
    assert_true(call_prepare(&c, &m, MIGRATOR_CURRENT, NULL, url, url, &e));
    char *rest = memory_copy_of(c.command);
    call_release(&c);
    return rest;
}

/* lib/pq refuses channel_binding, and a template adds its own options behind {rest}. */
static void options_are_not_for_drivers_of_tcp(void **state)
{
    static const char url[] = "postgresql://me@127.0.0.1:5433/d?channel_binding=disable";
    (void)state;
    char *plain = rest_of(true, url), *whole = rest_of(false, url);
    assert_string_equal(plain, "'//me@127.0.0.1:5433/d'");
    assert_string_equal(whole, "'//me@127.0.0.1:5433/d?channel_binding=disable'");
    free(plain);
    free(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(options_are_not_for_drivers_of_tcp)};
    return cmocka_run_group_tests_name("call", tests, NULL, NULL) ? 1 : 0;
}
