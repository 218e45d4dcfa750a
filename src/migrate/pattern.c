#include "migrate/pattern.h"

#include <ctype.h>

#include "base/memory.h"
#include "base/text.h"

/* One literal character of an expression, and how many bytes it takes there; 0: none. */
static size_t literal_at(const char *source, char *literal)
{
    if (source[0] == '\\' && ispunct((unsigned char)source[1])) {
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

bool pattern_compile(struct pattern *p, const char *source, struct error *e)
{
    *p = (struct pattern){0};
    if (!source)
        return true;
    bool any_case = strncmp(source, "(?i)", 4) == 0;
    const char *expression = source + (any_case ? 4 : 0);
    int outcome = regcomp(&p->regex, expression, REG_EXTENDED | (any_case ? REG_ICASE : 0));
    if (outcome) {
        char reason[128];
        regerror(outcome, &p->regex, reason, sizeof reason);
        return error_set(e, ERROR_USAGE, "'%s' is not a regular expression: %s", source, reason);
    }
    p->start = literal_start(expression, any_case);
    return p->regex.re_nsub <= PATTERN_GROUPS ||
           error_set(e, ERROR_USAGE, "'%s' has more than %d groups", source, PATTERN_GROUPS);
}

bool pattern_matches(const struct pattern *p, const char *string)
{
    return p->start && strncmp(string, p->start, strlen(p->start)) == 0 &&
           regexec(&p->regex, string, 0, NULL, 0) == 0;
}

static char *taken(const char *string, const regmatch_t *match)
{
    if (match->rm_so < 0)
        return NULL;
    return memory_format("%.*s", (int)(match->rm_eo - match->rm_so), string + match->rm_so);
}

bool pattern_groups(const struct pattern *p, const char *string, char **groups, size_t count)
{
    regmatch_t matches[PATTERN_GROUPS + 1];
    if (!p->start || regexec(&p->regex, string, PATTERN_GROUPS + 1, matches, 0) != 0)
        return false;
    for (size_t i = 0; i < count; i++)
        groups[i] = taken(string, &matches[i + 1]);
    return true;
}

void pattern_release(struct pattern *p)
{
    if (p->start)
        regfree(&p->regex);
    free(p->start);
    *p = (struct pattern){0};
}
