#include "measures/comparisons/time_series.h"

#include <math.h>

#include "base/memory.h"
#include "statistics/quantile.h"

enum { WHOLE, UPGRADE, FIRST_STEP };

static const char others[] = "other steps";
static const double shortest = 1e-6; /* seconds */

static char *step_name(const struct migrator_step *step)
{
    return memory_format("step %u %s", step->number, step->title);
}

static const struct migrator_step *find_title(const struct migrator_steps *steps, const char *title)
{
    for (size_t i = 0; i < steps->count; i++)
        if (strcmp(steps->items[i].title, title) == 0)
            return &steps->items[i];
    return NULL;
}

static void add_measure(struct time_series *s, char *name)
{
    struct time_measure *m = memory_append(&s->measures, &s->measure_count, sizeof *s->measures);
    m->name = name;
    m->is_step = s->measure_count > FIRST_STEP;
}

/* The steps that both have; what only one of them has counts together, so a new name is not a step.
 */
static void find_measures(struct time_series *s, const struct timing *base,
                          const struct timing *candidate)
{
    add_measure(s, memory_copy_of("the whole run"));
    add_measure(s, memory_copy_of("the upgrade"));
    size_t common = 0;
    for (size_t i = 0; i < candidate->steps.count; i++)
        if (find_title(&base->steps, candidate->steps.items[i].title)) {
            add_measure(s, step_name(&candidate->steps.items[i]));
            common++;
        }
    if (common < candidate->steps.count || common < base->steps.count)
        add_measure(s, memory_copy_of(others));
}

/* By the measures' names, which begin with "step N ". */
static size_t find_measure(const struct time_series *s, const char *title)
{
    for (size_t m = FIRST_STEP; m < s->measure_count; m++) {
        const char *name = s->measures[m].name, *after = strchr(name, ' ');
        after = after ? strchr(after + 1, ' ') : NULL;
        if (after && strcmp(after + 1, title) == 0)
            return m;
    }
    return s->measure_count - 1; /* the others, if there are any */
}

static void take(const struct time_series *s, const struct timing *t, bool is_base)
{
    size_t pair = s->pairs;
    for (size_t m = 0; m < s->measure_count; m++) {
        double *at = is_base ? s->measures[m].base : s->measures[m].candidate;
        at[pair] = m == WHOLE ? t->seconds : m == UPGRADE ? t->upgrade : 0;
    }
    for (size_t i = 0; i < t->steps.count; i++) {
        size_t m = find_measure(s, t->steps.items[i].title);
        if (m >= FIRST_STEP)
            (is_base ? s->measures[m].base : s->measures[m].candidate)[pair] +=
                t->steps.items[i].seconds;
    }
}

void time_series_add(struct time_series *s, const struct timing *base,
                     const struct timing *candidate)
{
    if (s->pairs == 0)
        find_measures(s, base, candidate);
    for (size_t m = 0; m < s->measure_count; m++) {
        struct time_measure *t = &s->measures[m];
        t->base = memory_resized(t->base, s->pairs + 1, sizeof *t->base);
        t->candidate = memory_resized(t->candidate, s->pairs + 1, sizeof *t->candidate);
        t->values = memory_resized(t->values, s->pairs + 1, sizeof *t->values);
    }
    take(s, base, true);
    take(s, candidate, false);
    s->pairs++;
}

struct decision_measure *time_series_measures(struct time_series *s, double threshold)
{
    struct decision_measure *found = memory_zeroed(s->measure_count, sizeof *found);
    double usual = fmax(median(s->measures[UPGRADE].base, s->pairs), shortest);
    for (size_t i = 0; i < s->measure_count; i++) {
        struct time_measure *m = &s->measures[i];
        for (size_t p = 0; p < s->pairs; p++)
            m->values[p] = m->is_step
                               ? (m->candidate[p] - m->base[p]) / usual
                               : log(fmax(m->candidate[p], shortest) / fmax(m->base[p], shortest));
        found[i] = (struct decision_measure){.values = m->values,
                                             .count = s->pairs,
                                             .boundary = m->is_step ? threshold : log1p(threshold)};
    }
    return found;
}

double time_share(const struct time_measure *m, double value)
{
    return m->is_step ? value : expm1(value);
}

void time_series_release(struct time_series *s)
{
    for (size_t i = 0; i < s->measure_count; i++) {
        free(s->measures[i].name);
        free(s->measures[i].base);
        free(s->measures[i].candidate);
        free(s->measures[i].values);
    }
    free(s->measures);
    *s = (struct time_series){0};
}
