#include "migrate/lines.h"

void lines_begin(struct line_reader *l, const char *content)
{
    *l = (struct line_reader){.next = content};
}

bool lines_next(struct line_reader *l)
{
    if (!*l->next)
        return false;
    size_t length = strcspn(l->next, "\n");
    l->raw = l->next;
    l->raw_length = length + (l->next[length] == '\n');
    l->next += l->raw_length;
    while (length > 0 && strchr(" \t\r", l->raw[length - 1]))
        length--;
    text_clear(&l->line);
    text_append_bytes(&l->line, l->raw, length);
    l->number++;
    return true;
}

void lines_release(struct line_reader *l)
{
    text_release(&l->line);
    *l = (struct line_reader){0};
}

bool line_is_comment(const char *line)
{
    line += strspn(line, " \t");
    return *line == '\0' || strncmp(line, "--", 2) == 0;
}

bool line_refuse(const char *path, size_t line, const char *what, struct error *e)
{
    return error_set(e, ERROR_USAGE, "%s, line %zu: %s", path, line, what);
}
