#include "migrator/expression.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

static void take_groups(struct expression_groups *groups, const char *text, const regmatch_t *match)
{
    expression_groups_release(groups);
    for (int i = 0; i < EXPRESSION_GROUPS; i++)
        if (match[i].rm_so >= 0)
            groups->items[i] = memory_format("%.*s", (int)(match[i].rm_eo - match[i].rm_so),
                                             text + match[i].rm_so);
}

bool expression_match(const char *regex, const char *text, struct expression_groups *groups,
                      size_t *end)
{
    regex_t compiled;
    regmatch_t match[EXPRESSION_GROUPS];
    if (regcomp(&compiled, regex, REG_EXTENDED) != 0)
        return false;
    bool found = regexec(&compiled, text, EXPRESSION_GROUPS, match, 0) == 0;
    if (found && groups)
        take_groups(groups, text, match);
    if (found && end)
        *end = (size_t)match[0].rm_eo;
    regfree(&compiled);
    return found;
}

/* The line that begins at `text`, without its end, to be freed; `*next` is where the next begins.
 */
static char *line_of(const char *text, const char **next)
{
    size_t length = strcspn(text, "\n");
    *next = text + length + (text[length] == '\n');
    if (length && text[length - 1] == '\r')
        length--;
    return memory_format("%.*s", (int)length, text);
}

bool expression_match_line(const char *regex, const char *text, struct expression_groups *groups)
{
    regex_t compiled;
    regmatch_t match[EXPRESSION_GROUPS];
    bool found = false;
    if (regcomp(&compiled, regex, REG_EXTENDED) != 0)
        return false;
    for (const char *next; *text && !found; text = next) {
        char *line = line_of(text, &next);
        found = regexec(&compiled, line, EXPRESSION_GROUPS, match, 0) == 0;
        if (found && groups)
            take_groups(groups, line, match);
        free(line);
    }
    regfree(&compiled);
    return found;
}

char *expression_fault(const char *regex)
{
    regex_t compiled;
    char reason[256];
    int outcome = regcomp(&compiled, regex, REG_EXTENDED);
    if (outcome == 0) {
        regfree(&compiled);
        return NULL;
    }
    regerror(outcome, &compiled, reason, sizeof reason);
    return memory_copy_of(reason);
}

char *expression_fill(const char *template, char *const *groups)
{
    struct text t = {0};
    for (const char *p = template; *p; p++)
        if (p[0] == '{' && p[1] >= '1' && p[1] <= '9' && p[2] == '}') {
            text_append(&t, groups && groups[p[1] - '0'] ? groups[p[1] - '0'] : "");
            p += 2;
        } else {
            text_append_bytes(&t, p, 1);
        }
    return text_detach(&t);
}

static void append_replacement(struct text *t, const char *replacement, const char *line,
                               const regmatch_t *match)
{
    for (const char *p = replacement; *p; p++)
        if (p[0] == '\\' && p[1] >= '1' && p[1] <= '9') {
            const regmatch_t *group = &match[*++p - '0'];
            if (group->rm_so >= 0)
                text_append_bytes(t, line + group->rm_so, (size_t)(group->rm_eo - group->rm_so));
        } else {
            text_append_bytes(t, p, 1);
        }
}

static void replace_in_line(struct text *t, const regex_t *regex, const char *replacement,
                            const char *line)
{
    regmatch_t match[EXPRESSION_GROUPS];
    int flags = 0;
    while (regexec(regex, line, EXPRESSION_GROUPS, match, flags) == 0 && match[0].rm_eo > 0) {
        text_append_bytes(t, line, (size_t)match[0].rm_so);
        append_replacement(t, replacement, line, match);
        line += match[0].rm_eo;
        flags = REG_NOTBOL;
    }
    text_append(t, line);
}

char *expression_replace(const char *regex, const char *replacement, const char *text)
{
    regex_t compiled;
    struct text t = {0};
    if (regcomp(&compiled, regex, REG_EXTENDED) != 0)
        return memory_copy_of(text);
    for (const char *next; *text; text = next) {
        char *line = line_of(text, &next);
        replace_in_line(&t, &compiled, replacement, line);
        text_append(&t, "\n");
        free(line);
    }
    regfree(&compiled);
    return text_detach(&t);
}

void expression_groups_release(struct expression_groups *groups)
{
    for (int i = 0; i < EXPRESSION_GROUPS; i++)
        free(groups->items[i]);
    *groups = (struct expression_groups){0};
}
