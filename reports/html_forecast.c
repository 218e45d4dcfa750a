#include <math.h>

#include "reports/figure.h"
#include "reports/html_cost.h"
#include "reports/html_ledger.h"
#include "reports/plots.h"
#include "statistics/cost_fit.h"

static void append_duration(struct text *t, double seconds)
{
    text_append(t, "<td class=\"number\">");
    figure_append_duration(t, seconds);
    text_append(t, "</td>");
}

/* A share; nothing where there is no fit. */
static void append_residual(struct text *t, double share)
{
    text_append(t, "<td class=\"number\">");
    if (isfinite(share)) {
        figure_append_decimal(t, share * 100, 1);
        text_append(t, " %");
    }
    text_append(t, "</td>");
}

static void append_points(struct text *t, const struct forecast_record *f)
{
    size_t shown = f->point_count < LEDGER_ROWS ? f->point_count : LEDGER_ROWS;
    html_begin_fold(t, "What was timed", "#Rows|#Time of the upgrade|#Residual");
    for (size_t i = 0; i < shown; i++) {
        text_append(t, "<tr>");
        html_append_value_cell(t, f->points[i].rows, "");
        append_duration(t, f->points[i].seconds);
        append_residual(t, f->points[i].seconds / cost_steps_at(f, f->points[i].rows) - 1);
        text_append(t, "</tr>\n");
    }
    html_end_fold(t, shown, f->point_count);
}

static void append_steps(struct text *t, const struct forecast_record *f)
{
    size_t shown = f->step_count < LEDGER_ROWS ? f->step_count : LEDGER_ROWS;
    html_begin_fold(t, "The fit, step by step", "Step|Grows|#Forecast|#Least|#Most|#Residual");
    for (size_t i = 0; i < shown; i++) {
        const struct forecast_step *s = &f->steps[i];
        text_append(t, "<tr>");
        html_append_heading_cell(t, s->name);
        html_append_cell(t, cost_model_name(s->model));
        append_duration(t, s->estimate);
        append_duration(t, s->low);
        append_duration(t, s->high);
        append_residual(t, s->residual);
        text_append(t, "</tr>\n");
    }
    html_end_fold(t, shown, f->step_count);
}

/* Told as a word: the interval, not the estimate, has to be within the limit. */
static void append_limit(struct text *t, const struct forecast_record *f)
{
    if (!(f->limit > 0))
        return;
    text_append(t, "<p>");
    if (f->low > f->limit)
        text_append(t, "<span class=\"word findings\">✗ over the limit of ");
    else if (f->high > f->limit)
        text_append(t, "<span class=\"word not-run\">! perhaps over the limit of ");
    else
        text_append(t, "<span class=\"word passed\">✓ within the limit of ");
    figure_append_duration(t, f->limit);
    text_append(t, "</span></p>\n");
}

void html_append_forecast(struct text *t, const struct run_record *r, struct html_plots *plots)
{
    const struct forecast_record *f = r->forecast;
    struct plot p = {0};
    if (!f)
        return;
    text_append(t, "<section class=\"forecast\">\n<h2>How long it will take in production</h2>\n<p "
                   "class=\"big\">");
    html_append_line(t, f->sentence);
    text_append(t, "</p>\n");
    append_limit(t, f);
    if (f->note) {
        text_append(t, "<p>");
        html_append_line(t, f->note);
        text_append(t, "</p>\n");
    }
    if (plot_forecast(&p, html_plot_name(plots), f))
        html_append_plot(t, plots, &p, "Upgrade time over database size");
    else
        plot_release(&p);
    if (f->point_count)
        append_points(t, f);
    if (f->step_count)
        append_steps(t, f);
    text_append(t, "</section>\n");
}
