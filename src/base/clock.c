#include "base/clock.h"

#include <time.h>

double clock_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void clock_date(char *buffer, size_t size)
{
    time_t now = time(NULL);
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(buffer, size, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

bool clock_is_limit(double seconds)
{
    return seconds > 0 && seconds <= 366 * 86400.0;
}
