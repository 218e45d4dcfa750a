#include <errno.h>

#include "base/memory.h"
#include "base/regular_file.h"
#include "schema/delta.h"
#include "schema/fact.h"

static const size_t file_limit = 64u << 20; /* bytes */

bool approved_delta_add(struct approved_delta *a, const char *line)
{
    struct fact fact;
    if ((line[0] != '-' && line[0] != '+') || line[1] != ' ' || !fact_parse(&fact, line + 2))
        return false;
    struct approved_line *added = memory_append(&a->lines, &a->count, sizeof *added);
    added->sign = line[0];
    added->pattern = memory_copy_of(line + 2);
    return true;
}

/* One line of the file, which it may change; false if it is neither comment nor delta line. */
static bool add_line(struct approved_delta *a, char *line)
{
    size_t length = strlen(line);
    while (length > 0 && strchr(" \t\r", line[length - 1]))
        line[--length] = '\0';
    return length == 0 || line[0] == '#' || approved_delta_add(a, line);
}

bool delta_read_approved(const char *path, struct approved_delta *a, struct error *e)
{
    *a = (struct approved_delta){0};
    struct text text = {0};
    bool good = text_read_file(&text, path, file_limit) ||
                error_set(e, file_error_kind(errno), "cannot read the approved delta %s: %s%s",
                          path, file_reason(errno),
                          errno == ENOENT ? "; pgrehearse run --approve writes it" : "");
    if (good && text.data && strlen(text.data) != text.length)
        good = error_set(e, ERROR_USAGE, "the approved delta %s is not a text file", path);
    size_t number = 0;
    for (char *line = text.data; good && line && *line;) {
        char *stop = line + strcspn(line, "\n");
        char *next = *stop ? stop + 1 : stop;
        *stop = '\0';
        number++;
        if (!add_line(a, line))
            good = error_set(e, ERROR_USAGE,
                             "%s, line %zu: expected \"+ KIND NAME …\", \"- KIND NAME …\" or a "
                             "comment that begins with #",
                             path, number);
        line = next;
    }
    text_release(&text);
    if (!good)
        approved_delta_release(a);
    return good;
}

void approved_delta_release(struct approved_delta *a)
{
    for (size_t i = 0; i < a->count; i++)
        free(a->lines[i].pattern);
    free(a->lines);
    *a = (struct approved_delta){0};
}
