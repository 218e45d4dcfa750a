#include "measures/histories/drift.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "reports/figure.h"
#include "statistics/change_points.h"

/* Below these the clock and the scheduler are measured, not the migration. */
static const double least_seconds = 0.005, least_difference = 0.005;
static const double most_percent = 3; /* from this ratio on "3 times" is reported */

static bool matters(const struct trend *t, const struct change_point *c)
{
    if (strcmp(t->unit, "s") != 0)
        return true;
    return fmax(c->before, c->after) >= least_seconds &&
           fabs(c->after - c->before) >= least_difference;
}

static void tell_since(struct text *line, const struct trend_point *p)
{
    text_append_format(line, "since %.10s", p->started_at);
    if (p->label && *p->label)
        text_append_format(line, " (%s)", p->label);
}

/* "since 2026-03-01 (abc123) 17 % slower: 340 ms to 400 ms" */
static char *tell_change(const struct trend *t, const struct change_point *c)
{
    struct text line = {0};
    const char *more = strcmp(t->unit, "s") == 0 ? "slower" : "more";
    const char *less = strcmp(t->unit, "s") == 0 ? "quicker" : "less";
    tell_since(&line, &t->points[c->index]);
    text_append(&line, " ");
    if (c->before > 0 && c->ratio >= most_percent) {
        figure_append_decimal(&line, c->ratio, 0);
        text_append(&line, " times ");
    } else if (c->before > 0) {
        figure_append_decimal(&line, 100 * fabs(c->ratio - 1), 0);
        text_append(&line, " % ");
    }
    text_append_format(&line, "%s: ", c->after > c->before ? more : less);
    figure_append(&line, c->before, t->unit);
    text_append(&line, " to ");
    figure_append(&line, c->after, t->unit);
    return text_detach(&line);
}

/* The newest change that matters decides: what is long ago has been seen by earlier runs. */
void drift_judge(struct trend *t)
{
    struct change_point *found = NULL;
    const struct change_rule usual = {0};
    double *values = memory_zeroed(t->point_count + 1, sizeof *values);
    for (size_t i = 0; i < t->point_count; i++)
        values[i] = fmax(t->points[i].value, 0);
    size_t count = change_points(values, t->point_count, &usual, &found);
    const struct change_point *last = NULL;
    for (size_t i = 0; i < count; i++)
        if (matters(t, &found[i])) {
            t->points[found[i].index].change = true;
            last = &found[i];
        }
    free(t->verdict);
    t->worse = last && last->after > last->before;
    if (last)
        t->verdict = tell_change(t, last);
    else if (t->point_count < 6)
        t->verdict = memory_copy_of("too few runs to judge");
    else
        t->verdict = memory_copy_of("steady");
    free(found);
    free(values);
}

char *drift_complaints(const struct trend *trends, size_t count)
{
    struct text lines = {0};
    for (size_t i = 0; i < count; i++)
        if (trends[i].worse)
            text_append_format(&lines, "%s%s of %s: %s", lines.length ? "\n" : "",
                               trends[i].measure, trends[i].scenario, trends[i].verdict);
    return lines.length ? text_detach(&lines) : NULL;
}
