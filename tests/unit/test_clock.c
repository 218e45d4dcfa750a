#include "base/clock.h"

#include <stdio.h>
#include <time.h>

#include "../support/testing.h"

static void never_goes_back(void **state)
{
    (void)state;
    double last = clock_seconds();
    assert_true(last > 0);
    for (int i = 0; i < 1000; i++) {
        double now = clock_seconds();
        assert_true(now >= last);
        last = now;
    }
}

static void the_date_is_utc_whatever_the_zone(void **state)
{
    (void)state;
    setenv("TZ", "Asia/Kathmandu", 1);
    tzset();
    char date[24] = "";
    time_t before = time(NULL);
    clock_date(date, sizeof date);
    time_t after = time(NULL);
    struct tm parts = {0};
    char rest = 0;
    int fields = sscanf(date, "%4d-%2d-%2dT%2d:%2d:%2d%c", &parts.tm_year, &parts.tm_mon,
                        &parts.tm_mday, &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &rest);
    assert_int_equal(fields, 7);
    assert_int_equal(rest, 'Z');
    assert_int_equal(strlen(date), 20);
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    time_t told = timegm(&parts);
    assert_true(told >= before && told <= after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(never_goes_back),
        cmocka_unit_test(the_date_is_utc_whatever_the_zone),
    };
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL) ? 1 : 0;
}
