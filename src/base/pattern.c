#include "base/pattern.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/pattern_bounds.h"
#include "base/text.h"

/*
 * One literal character of an expression, and how many bytes it takes there; 0: none. Of the
 * escaped ones, glibc takes \< \> \` \' for the ends of words and of the string.
 */
static size_t literal_at(const char *source, char *literal)
{
    if (source[0] == '\\' && ispunct((unsigned char)source[1]) && !strchr("<>`'", source[1])) {
        *literal = source[1];
        return 2;
    }
    if (source[0] == '\0' || strchr(".[]()*+?{}|^$\\", source[0]))
        return 0;
    *literal = source[0];
    return 1;
}

/* "^-- \+goose (Up|Down)" begins with "-- +goose "; with letters of any case, it ends before one.
 */
static char *literal_start(const char *source, bool any_case)
{
    struct text start = {0};
    const char *at = source[0] == '^' && !strchr(source, '|') ? source + 1 : "";
    char literal;
    for (size_t length; (length = literal_at(at, &literal)) > 0; at += length) {
        if ((any_case && isalpha((unsigned char)literal)) ||
            (at[length] && strchr("*?{", at[length])))
            break;
        text_append_bytes(&start, &literal, 1);
        if (at[length] == '+')
            break;
    }
    return text_detach(&start);
}

/* NULL, or why not, to be freed; then there is nothing to release. */
static char *compile(struct pattern *p, const char *source)
{
    char reason[256];
    bool any_case = strncmp(source, "(?i)", 4) == 0;
    const char *expression = source + (any_case ? 4 : 0), *excess = pattern_excess(expression);
    if (excess)
        return memory_copy_of(excess);
    int flags = REG_EXTENDED | (any_case ? REG_ICASE : 0);
    int outcome = regcomp(&p->regex, expression, flags);
    if (outcome == REG_ESPACE) /* it asks for too much, or the machine is short for a moment */
        outcome = regcomp(&p->regex, expression, flags);
    if (outcome == 0) {
        p->start = literal_start(expression, any_case);
        return NULL;
    }
    regerror(outcome, &p->regex, reason, sizeof reason);
    return memory_copy_of(reason);
}

bool pattern_compile(struct pattern *p, const char *source, struct error *e)
{
    *p = (struct pattern){0};
    char *fault = source ? compile(p, source) : NULL;
    if (fault)
        error_set(e, ERROR_USAGE, "'%s' is not a regular expression: %s", source, fault);
    bool good = !fault;
    free(fault);
    return good;
}

void pattern_compile_checked(struct pattern *p, const char *source)
{
    struct error ignored = {0};
    pattern_compile(p, source, &ignored);
}

char *pattern_fault(const char *source)
{
    return pattern_fault_of_groups(source, SIZE_MAX);
}

char *pattern_fault_of_groups(const char *source, size_t groups)
{
    struct pattern p = {0};
    char *fault = compile(&p, source);
    if (!fault && groups != SIZE_MAX && p.regex.re_nsub != groups)
        fault =
            memory_format("expected %zu groups in parentheses, found %zu", groups, p.regex.re_nsub);
    pattern_release(&p);
    return fault;
}

/* glibc's regexec returns REG_NOMATCH for want of memory, too; but then errno says so. */
static bool search(const regex_t *regex, const char *string, regmatch_t *parts, size_t count,
                   int flags, bool *lacked)
{
    errno = 0;
    int outcome = regexec(regex, string, count, parts, flags);
    *lacked = outcome == REG_ESPACE || (outcome != 0 && errno == ENOMEM);
    return outcome == 0;
}

bool pattern_search(const regex_t *regex, const char *string, regmatch_t *parts, size_t count,
                    int flags)
{
    bool lacked, found = search(regex, string, parts, count, flags, &lacked);
    if (lacked) /* as in compiling */
        found = search(regex, string, parts, count, flags, &lacked);
    if (lacked)
        memory_exhausted();
    return found;
}

bool pattern_find(const struct pattern *p, const char *string, regmatch_t *parts, size_t count)
{
    return p->start && strncmp(string, p->start, strlen(p->start)) == 0 &&
           pattern_search(&p->regex, string, parts, count, 0);
}

bool pattern_matches(const struct pattern *p, const char *string)
{
    return pattern_find(p, string, NULL, 0);
}

char *pattern_part(const char *string, const regmatch_t *part)
{
    if (part->rm_so < 0)
        return NULL;
    return memory_format("%.*s", (int)(part->rm_eo - part->rm_so), string + part->rm_so);
}

void pattern_release(struct pattern *p)
{
    if (p->start)
        regfree(&p->regex);
    free(p->start);
    *p = (struct pattern){0};
}
