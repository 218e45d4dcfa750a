#include <math.h>

#include "base/memory.h"
#include "reports/plots.h"
#include "statistics/cost_fit.h"

enum { CURVE = 60 };

struct range {
    double left, right, bottom, top;
    bool log;
};

static struct range find_range(const struct forecast_record *f)
{
    double least = f->rows, most = f->rows, quickest = f->estimate;
    double longest = fmax(fmax(f->high, f->estimate), f->limit);
    for (size_t i = 0; i < f->point_count; i++) {
        const struct forecast_point *point = &f->points[i];
        most = fmax(most, point->rows);
        longest = fmax(longest, point->seconds);
        if (point->rows > 0)
            least = fmin(least, point->rows);
        if (point->seconds > 0)
            quickest = fmin(quickest, point->seconds);
    }
    if (f->low > 0)
        quickest = fmin(quickest, f->low);
    bool wide = least > 0 && quickest > 0 && most / least > 20;
    if (wide)
        return (struct range){least / 1.6, most * 1.6, quickest / 1.6, longest * 1.6, true};
    return (struct range){0, most * 1.06, 0, longest * 1.1, false};
}

/* A line over all sizes: the fit, or the limit. */
static void add_curve(struct plot *p, const struct forecast_record *f, const struct range *r)
{
    plot_begin(p, PLOT_LINE, PLOT_BLUE, PLOT_SOLID);
    for (int i = 0; i <= CURVE; i++) {
        double share = (double)i / CURVE;
        double rows =
            r->log ? r->left * pow(r->right / r->left, share) : r->left + r->right * share;
        double seconds = cost_steps_at(f, rows);
        bool inside = seconds >= r->bottom && seconds <= r->top;
        plot_add(p, rows, inside ? seconds : NAN);
    }
    plot_explain(p, PLOT_LINE, PLOT_BLUE, PLOT_SOLID, "the fit");
}

static void add_limit(struct plot *p, const struct forecast_record *f, const struct range *r)
{
    plot_begin(p, PLOT_DASHED_LINE, PLOT_BAD, PLOT_SOLID);
    plot_add(p, r->left, f->limit);
    plot_add(p, r->right, f->limit);
    plot_explain(p, PLOT_DASHED_LINE, PLOT_BAD, PLOT_SOLID, "the limit");
}

static void add_axes(struct plot *p, const struct forecast_record *f, const struct range *r)
{
    if (r->log) {
        plot_axis_log(p, PLOT_X, r->left, r->right, "", f->what);
        plot_axis_log(p, PLOT_Y, r->bottom, r->top, "s", NULL);
    } else {
        plot_axis(p, PLOT_X, r->left, r->right, 6, "", f->what);
        plot_axis(p, PLOT_Y, r->bottom, r->top, 5, "s", NULL);
    }
}

bool plot_forecast(struct plot *p, const char *name, const struct forecast_record *f)
{
    if (!(f->rows > 0) || !isfinite(f->estimate))
        return false;
    struct range r = find_range(f);
    plot_init(p, name, 960, 320, "Upgrade time over database size", f->sentence ? f->sentence : "");
    p->left = 76;
    add_axes(p, f, &r);
    if (f->step_count)
        add_curve(p, f, &r);
    if (f->limit > 0)
        add_limit(p, f, &r);
    plot_begin(p, PLOT_POINTS, PLOT_TEXT, PLOT_SOLID);
    for (size_t i = 0; i < f->point_count; i++)
        if (!r.log || (f->points[i].rows > 0 && f->points[i].seconds > 0))
            plot_add(p, f->points[i].rows, f->points[i].seconds);
    if (f->point_count)
        plot_explain(p, PLOT_POINTS, PLOT_TEXT, PLOT_SOLID, "timed");
    plot_begin(p, PLOT_INTERVALS, PLOT_VIOLET, PLOT_SOLID);
    plot_add_interval(p, f->rows, f->estimate, fmax(f->low, r.bottom), f->high);
    plot_explain(p, PLOT_INTERVALS, PLOT_VIOLET, PLOT_SOLID,
                 "the forecast, with its 95 % interval");
    return true;
}
