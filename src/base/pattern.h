/*
 * POSIX extended regular expressions. One that begins with "(?i)" is matched without regard to
 * case. A compiled one is quick on many lines most of which differ from it in their first bytes.
 */
#pragma once
#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct pattern {
    regex_t regex;
    char *start; /* what every match begins with, literally; "" if unknown; NULL: not compiled */
};

/*
 * Compiles `source`; NULL gives a pattern that matches nothing. ERROR_USAGE for one that is not an
 * expression, and then it matches nothing. Release it also after a failure.
 */
bool pattern_compile(struct pattern *p, const char *source, struct error *e);

/* The same for one that was checked before. If it is not an expression, it matches nothing. */
void pattern_compile_checked(struct pattern *p, const char *source);

/* Why the source cannot be compiled, to be freed; NULL if it can. */
char *pattern_fault(const char *source);

/* The same for one that has to have so many groups. */
char *pattern_fault_of_groups(const char *source, size_t groups);

bool pattern_matches(const struct pattern *p, const char *string);

/* Whether it matches; then `parts` has where: the whole of it, then its groups. */
bool pattern_find(const struct pattern *p, const char *string, regmatch_t *parts, size_t count);

/* regexec(3), for which want of memory is not the same as no match: it ends the program. */
bool pattern_search(const regex_t *regex, const char *string, regmatch_t *parts, size_t count,
                    int flags);

/* A copy of a part of that string, to be freed; NULL where the group took no part. */
char *pattern_part(const char *string, const regmatch_t *part);

void pattern_release(struct pattern *p);
