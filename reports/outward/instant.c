#include "reports/outward/instant.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"

double instant_seconds(const char *iso)
{
    struct tm tm = {0};
    const char *end = strptime(iso, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return end && !*end ? (double)timegm(&tm) : 0;
}

char *instant_number(double value)
{
    if (!isfinite(value))
        return memory_copy_of(isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf");
    char *string = NULL;
    for (int digits = 6; digits <= 17; digits += digits < 15 ? 9 : 2) {
        free(string);
        string = memory_format("%.*g", digits, value);
        if (strtod(string, NULL) == value)
            break;
    }
    for (char *p = string; *p; p++)
        if (*p == ',')
            *p = '.';
    return string;
}

char *instant_nanoseconds(double seconds)
{
    /* apart, since a double has no room for both */
    double whole = floor(seconds);
    return memory_format("%lld%09lld", (long long)whole,
                         (long long)fmin((seconds - whole) * 1e9, 999999999));
}
