/* A POSIX extended regular expression that is matched against many lines, most of which differ in
 * their first bytes. */
#pragma once
#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct pattern {
    regex_t regex;
    char *start; /* what every match begins with, literally; "" if unknown; NULL: not compiled */
};

enum { PATTERN_GROUPS = 8 }; /* the most that an expression may have */

/*
 * Compiles `source`, which is matched without regard to case if it begins with "(?i)"; NULL gives a
 * pattern that matches nothing. ERROR_USAGE for one that is no expression or has too many groups.
 * Release it also after a failure.
 */
bool pattern_compile(struct pattern *p, const char *source, struct error *e);

bool pattern_matches(const struct pattern *p, const char *string);

/*
 * Whether it matches; then `groups[i]` is a copy of what the group i + 1 took, to be freed, or
 * NULL where it took no part. `count` is at most PATTERN_GROUPS.
 */
bool pattern_groups(const struct pattern *p, const char *string, char **groups, size_t count);

void pattern_release(struct pattern *p);
