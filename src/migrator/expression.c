#include "migrator/expression.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/pattern.h"
#include "base/text.h"

static bool find(const struct pattern *p, const char *text, struct expression_groups *groups,
                 size_t *end)
{
    regmatch_t parts[EXPRESSION_GROUPS];
    if (!pattern_find(p, text, parts, EXPRESSION_GROUPS))
        return false;
    if (groups)
        expression_groups_release(groups);
    for (int i = 0; groups && i < EXPRESSION_GROUPS; i++)
        groups->items[i] = pattern_part(text, &parts[i]);
    if (end)
        *end = (size_t)parts[0].rm_eo;
    return true;
}

bool expression_match(const char *regex, const char *text, struct expression_groups *groups,
                      size_t *end)
{
    struct pattern p;
    pattern_compile_checked(&p, regex);
    bool found = find(&p, text, groups, end);
    pattern_release(&p);
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

/* The first line, from 1, on which it matches; 0: none. */
static unsigned find_line(const char *regex, const char *text, struct expression_groups *groups)
{
    struct pattern p;
    bool found = false;
    unsigned number = 0;
    pattern_compile_checked(&p, regex);
    for (const char *next; *text && !found; text = next) {
        char *line = line_of(text, &next);
        found = find(&p, line, groups, NULL);
        free(line);
        number++;
    }
    pattern_release(&p);
    return found ? number : 0;
}

bool expression_match_line(const char *regex, const char *text, struct expression_groups *groups)
{
    return find_line(regex, text, groups) > 0;
}

unsigned expression_line(const char *regex, const char *text)
{
    return find_line(regex, text, NULL);
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
    while (pattern_search(regex, line, match, EXPRESSION_GROUPS, flags) && match[0].rm_eo > 0) {
        text_append_bytes(t, line, (size_t)match[0].rm_so);
        append_replacement(t, replacement, line, match);
        line += match[0].rm_eo;
        flags = REG_NOTBOL;
    }
    text_append(t, line);
}

char *expression_replace(const char *regex, const char *replacement, const char *text)
{
    struct pattern p;
    struct text t = {0};
    pattern_compile_checked(&p, regex);
    if (!p.start)
        text_append(&t, text);
    for (const char *next; p.start && *text; text = next) {
        char *line = line_of(text, &next);
        replace_in_line(&t, &p.regex, replacement, line);
        text_append(&t, "\n");
        free(line);
    }
    pattern_release(&p);
    return text_detach(&t);
}

void expression_groups_release(struct expression_groups *groups)
{
    for (int i = 0; i < EXPRESSION_GROUPS; i++)
        free(groups->items[i]);
    *groups = (struct expression_groups){0};
}
