#include <math.h>

#include "base/memory.h"
#include "reports/plots.h"

enum { DATE = 10, NAMED_RUNS = 6 };

/* The run's label, or the date of its start. */
static void name_run(struct plot *p, const struct trend *t, size_t at)
{
    const struct trend_point *point = &t->points[at];
    char *date = memory_format("%.*s", DATE, point->started_at ? point->started_at : "");
    plot_tick(p, PLOT_X, (double)at + 1, point->label && *point->label ? point->label : date, 13);
    free(date);
}

static void name_runs(struct plot *p, const struct trend *t)
{
    size_t last = t->point_count - 1;
    size_t stride = last / NAMED_RUNS + 1;
    for (size_t i = 0; i < last; i += stride)
        if (i + stride <= last || i == 0)
            name_run(p, t, i);
    name_run(p, t, last);
}

static void add_levels(struct plot *p, const struct trend *t, double low, double high)
{
    bool any = false;
    for (size_t i = 0; i < t->point_count; i++)
        any |= t->points[i].change;
    if (!any)
        return;
    enum plot_ink ink = t->worse ? PLOT_BAD : PLOT_GOOD;
    plot_begin(p, PLOT_DASHED_LINE, ink, PLOT_SOLID);
    for (size_t i = 0; i < t->point_count; i++)
        if (t->points[i].change) {
            plot_add(p, (double)i + 0.5, low);
            plot_add(p, (double)i + 0.5, high);
            plot_add(p, NAN, NAN);
        }
    plot_begin(p, PLOT_TRIANGLES, ink, PLOT_SOLID);
    for (size_t i = 0; i < t->point_count; i++)
        if (t->points[i].change)
            plot_add(p, (double)i + 1, t->points[i].value);
    plot_explain(p, PLOT_TRIANGLES, ink, PLOT_SOLID, "another level from here on");
}

bool plot_trend(struct plot *p, const char *name, const struct trend *t)
{
    if (t->point_count < 2)
        return false;
    double high = 0, low = 0;
    for (size_t i = 0; i < t->point_count; i++)
        if (isfinite(t->points[i].value)) {
            high = fmax(high, t->points[i].value);
            low = fmin(low, t->points[i].value);
        }
    high = high > low ? high + (high - low) * 0.1 : low + 1;
    char *title = memory_format("%s of %s over the runs", t->measure ? t->measure : "",
                                t->scenario ? t->scenario : "");
    plot_init(p, name, 960, 200, title, t->verdict ? t->verdict : "");
    free(title);
    p->left = 92;
    p->right = 48;
    p->bottom = 32;
    plot_axis_bare(p, PLOT_X, 0.5, (double)t->point_count + 0.5, NULL);
    name_runs(p, t);
    plot_axis(p, PLOT_Y, low, high, 4, t->unit ? t->unit : "", NULL);
    plot_begin(p, PLOT_LINE, PLOT_BLUE, PLOT_SOLID);
    for (size_t i = 0; i < t->point_count; i++)
        plot_add(p, (double)i + 1, t->points[i].value);
    plot_begin(p, PLOT_POINTS, PLOT_BLUE, PLOT_SOLID);
    for (size_t i = 0; i < t->point_count; i++)
        plot_add(p, (double)i + 1, t->points[i].value);
    plot_explain(p, PLOT_POINTS, PLOT_BLUE, PLOT_SOLID, "one run each; the last is this one");
    add_levels(p, t, low, high);
    return true;
}
