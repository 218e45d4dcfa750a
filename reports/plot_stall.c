#include <math.h>

#include "base/memory.h"
#include "record/lock_level.h"
#include "reports/figure.h"
#include "reports/plots.h"

enum { NEEDLES = 320 }; /* as many as can be told apart */

/* When the next lock that bars reading is held from: the first after `from`; INFINITY: none. */
static double next_barred(const struct cost_record *c, double from, double *to)
{
    double next = INFINITY;
    for (size_t i = 0; i < c->lock_count; i++) {
        const struct lock_cost *l = &c->locks[i];
        double end = l->taken + l->held;
        if (lock_level_of(l->mode) == LOCK_BARS_ALL && end > from && fmax(l->taken, from) < next) {
            next = fmax(l->taken, from);
            *to = end;
        }
    }
    return next;
}

/* Times at which something is barred, joined where they overlap or meet. */
static void shade_barred(struct plot *p, const struct cost_record *c, double from, double to,
                         double top)
{
    double end = from, left = next_barred(c, from, &end);
    if (!(left < to))
        return;
    plot_begin(p, PLOT_BOXES, PLOT_FAINT, PLOT_LIGHT);
    plot_explain(p, PLOT_BOXES, PLOT_FAINT, PLOT_LIGHT, "reads are blocked");
    while (left < to) {
        double further = end, next = next_barred(c, end, &further);
        while (isfinite(next) && next <= end) {
            end = further;
            next = next_barred(c, end, &further);
        }
        plot_add_box(p, left, 0, fmin(end, to), top);
        left = next;
        end = further;
    }
}

/* In each slice of time the longest answer, so that none that matters is lost. */
static void add_needles(struct plot *p, const struct stall_record *s, double from, double to)
{
    const struct stall_point *slices[NEEDLES] = {NULL};
    for (size_t i = 0; i < s->point_count; i++) {
        const struct stall_point *point = &s->points[i];
        double place = (point->at - from) / (to - from) * NEEDLES;
        if (!(place >= 0) || place > NEEDLES)
            continue;
        size_t slice = (size_t)fmin(place, NEEDLES - 1);
        if (!slices[slice] || point->seconds > slices[slice]->seconds)
            slices[slice] = point;
    }
    plot_begin(p, PLOT_NEEDLES, s->writes ? PLOT_VIOLET : PLOT_BLUE, PLOT_SOLID);
    for (size_t i = 0; i < NEEDLES; i++)
        if (slices[i])
            plot_add(p, slices[i]->at, slices[i]->seconds);
}

/* The migration, and the question that waited longest, which may have been asked before. */
static void find_range(const struct cost_record *c, const struct stall_record *s, double *from,
                       double *to, double *top)
{
    const struct stall_point *longest = &s->points[0];
    timeline_range(c, from, to);
    for (size_t i = 0; i < s->point_count; i++)
        if (s->points[i].seconds > longest->seconds)
            longest = &s->points[i];
    double edge = (*to - *from) * 0.02;
    if (longest->at - edge < *from)
        *from = fmax(0, longest->at - edge);
    *to = fmax(*to, longest->at + edge);
    *top = longest->seconds > 0 ? longest->seconds * 1.1 : 0.001;
}

bool plot_stall(struct plot *p, const char *name, const struct cost_record *c,
                const struct stall_record *s)
{
    if (s->point_count == 0)
        return false;
    double from, to, top;
    find_range(c, s, &from, &to, &top);
    struct text title = {0};
    text_append_format(&title, "How long %s waited for an answer", s->probe ? s->probe : "");
    plot_init(p, name, 960, 220, text_string(&title),
              "One line per answer, at the time of its query; the table has the figures.");
    text_release(&title);
    p->left = 76;
    plot_axis(p, PLOT_X, from, to, 8, "s", "time of the query, since the migrator started");
    plot_axis(p, PLOT_Y, 0, top, 4, "s", NULL);
    shade_barred(p, c, from, to, top);
    add_needles(p, s, from, to);
    plot_explain(p, PLOT_NEEDLES, s->writes ? PLOT_VIOLET : PLOT_BLUE, PLOT_SOLID,
                 "time until the answer");
    if (s->p99 > 0 && s->p99 <= top) {
        plot_begin(p, PLOT_DASHED_LINE, PLOT_TEXT, PLOT_SOLID);
        plot_add(p, from, s->p99);
        plot_add(p, to, s->p99);
        plot_explain(p, PLOT_DASHED_LINE, PLOT_TEXT, PLOT_SOLID, "99 % of answers were faster");
    }
    return true;
}
