#include "migrator/migrator_steps.h"

#include <stdio.h>

#include "base/memory.h"
#include "base/pattern.h"

enum { MOST_STEPS = 200, MOST_TITLE = 80 };

static const double clearly_more = 0.01; /* seconds: its lines came late, all together */

struct named_step {
    char title[MOST_TITLE];
    double first, last; /* when its lines came */
    double stated;      /* seconds, as the log says; negative: it does not */
};

static void note_line(struct named_step *steps, const struct migrator_line *line,
                      const regmatch_t *match)
{
    long number = strtol(line->text + match[1].rm_so, NULL, 10);
    if (number < 1 || number > MOST_STEPS)
        return;
    struct named_step *step = &steps[number - 1];
    const char *words = line->text + match[2].rm_so;
    int length = (int)(match[2].rm_eo - match[2].rm_so), used = 0;
    double seconds;
    if (!step->title[0]) {
        *step = (struct named_step){.first = line->seconds, .last = line->seconds, .stated = -1};
        snprintf(step->title, sizeof step->title, "%.*s", length, words);
        size_t end = strlen(step->title);
        while (end > 0 && step->title[end - 1] == '.')
            step->title[--end] = '\0';
    } else if (sscanf(words, "%lf%n", &seconds, &used) == 1 && words[used] == 's') {
        step->stated = seconds;
    } else {
        step->last = line->seconds;
    }
}

void migrator_steps_read(struct migrator_steps *s, const char *pattern,
                         const struct migrator_result *result)
{
    struct pattern p;
    regmatch_t match[3];
    *s = (struct migrator_steps){0};
    pattern_compile_checked(&p, pattern);
    struct named_step *steps = memory_zeroed(MOST_STEPS, sizeof *steps);
    for (size_t i = 0; i < result->line_count; i++)
        if (pattern_find(&p, result->lines[i].text, match, 3) && match[1].rm_so >= 0 &&
            match[2].rm_so >= 0)
            note_line(steps, &result->lines[i], match);
    for (unsigned i = 0; i < MOST_STEPS; i++) {
        if (!steps[i].title[0])
            continue;
        double seconds = steps[i].last - steps[i].first;
        if (steps[i].stated > seconds + clearly_more)
            seconds = steps[i].stated;
        struct migrator_step *step = memory_append(&s->items, &s->count, sizeof *s->items);
        *step =
            (struct migrator_step){i + 1, memory_copy_of(steps[i].title), steps[i].first, seconds};
    }
    free(steps);
    pattern_release(&p);
}

void migrator_steps_release(struct migrator_steps *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->items[i].title);
    free(s->items);
    *s = (struct migrator_steps){0};
}
