#include <string.h>

#include "reports/reporter.h"

/* One row a reporter: NAME_reporter is in the file named after it. Displays come last, so that
   what they say at the end is the last that is said. */
#define REPORTERS(ROW)                                                                             \
    ROW(junit)                                                                                     \
    ROW(junit_strict)                                                                              \
    ROW(json)                                                                                      \
    ROW(markdown)                                                                                  \
    ROW(github_summary)                                                                            \
    ROW(sarif)                                                                                     \
    ROW(code_quality)                                                                              \
    ROW(github)                                                                                    \
    ROW(azure)                                                                                     \
    ROW(teamcity)                                                                                  \
    ROW(html)                                                                                      \
    ROW(terminal)                                                                                  \
    ROW(lines)                                                                                     \
    ROW(steps)                                                                                     \
    ROW(tap)                                                                                       \
    ROW(webhook)                                                                                   \
    ROW(pushgateway)                                                                               \
    ROW(otlp)

#define DECLARE(name) extern const struct reporter name##_reporter;
#define TAKE(name)    &name##_reporter,

REPORTERS(DECLARE)

const struct reporter *const reporter_table[] = {REPORTERS(TAKE) NULL};

const struct reporter *reporter_find(const char *name)
{
    for (const struct reporter *const *r = reporter_table; *r; r++)
        if (strcmp((*r)->name, name) == 0)
            return *r;
    return NULL;
}
