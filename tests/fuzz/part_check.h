/* What holds of a file's parts, whatever its bytes were. */
#pragma once
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "migrate/part_reader.h"

/* Where a line of the content begins. */
static inline const char *line_at(const char *content, size_t line)
{
    for (size_t at = 1; at < line; at++) {
        content += strcspn(content, "\n");
        if (*content++ != '\n')
            abort();
    }
    return content;
}

/* The first line of the step is in that line of the content. */
static inline void check_line(const struct migration_step *step, const char *line)
{
    char *first = memory_format("%.*s", (int)strcspn(step->sql, "\n"), step->sql);
    char *whole = memory_format("%.*s", (int)strcspn(line, "\n"), line);
    if (!strstr(whole, first))
        abort();
    free(first);
    free(whole);
}

static inline void check_part(const struct migration_part *part, const char *content)
{
    size_t last = 1;
    for (size_t i = 0; i < part->step_count; i++) {
        const struct migration_step *step = &part->steps[i];
        if (step->line < last || !step->sql)
            abort();
        check_line(step, line_at(content, step->line));
        last = step->line;
    }
}

/* Reads the content as a file of the layout, and checks the ways up and down that come of it. */
static inline void check_content(const struct layout *l, const char *content)
{
    struct revision r = {0};
    struct error e = {0};
    bool good = l->rules->sections ? part_read_both(l, &r, "x.sql", content, &e)
                                   : part_read_whole(l, &r.up, "x.sql", content, &e);
    if (good == (e.kind != ERROR_NONE))
        abort();
    bool marked = l->rules->strip_mark && strncmp(content, "\xEF\xBB\xBF", 3) == 0;
    const char *start = content + (marked ? 3 : 0);
    if (good) {
        check_part(&r.up, start);
        check_part(&r.down, start);
    }
    revision_release(&r);
}
