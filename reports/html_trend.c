#include "reports/cost_sentence.h"
#include "reports/figure.h"
#include "reports/html_cost.h"
#include "reports/html_ledger.h"
#include "reports/plots.h"

enum { MOST_TREND_PLOTS = 12, MOST_STEADY_PLOTS = 3, MOST_TRENDS = 300 };

static bool has_changed(const struct trend *t)
{
    for (size_t i = 0; i < t->point_count; i++)
        if (t->points[i].change)
            return true;
    return false;
}

/* What got worse first, then what changed, then the rest. */
static int interest(const struct trend *t)
{
    return t->worse ? 2 : has_changed(t) ? 1 : 0;
}

static void append_plot(struct text *t, const struct trend *trend, struct html_plots *plots)
{
    struct plot p = {0};
    struct text caption = {0};
    if (!plot_trend(&p, html_plot_name(plots), trend)) {
        plot_release(&p);
        return;
    }
    text_append_format(&caption, "%s, %s: %s%s", trend->scenario ? trend->scenario : "",
                       trend->measure ? trend->measure : "", trend->worse ? "worse, " : "",
                       trend->verdict ? trend->verdict : "");
    html_append_plot(t, plots, &p, text_string(&caption));
    text_release(&caption);
}

static void append_row(struct text *t, const struct trend *trend)
{
    text_append(t, "<tr>");
    html_append_heading_cell(t, trend->scenario);
    html_append_cell(t, trend->measure);
    if (trend->point_count)
        html_append_value_cell(t, trend->points[trend->point_count - 1].value,
                               trend->unit ? trend->unit : "");
    else
        text_append(t, "<td></td>");
    text_append_format(t, "<td class=\"number\">%zu</td><td>", trend->point_count);
    if (trend->worse)
        text_append(t, "<span class=\"word findings\">✗ worse</span> ");
    html_append_line(t, trend->verdict);
    text_append(t, "</td></tr>\n");
}

void html_append_trends(struct text *t, const struct run_record *r, struct html_plots *plots)
{
    size_t drawn = 0, shown = 0;
    struct text sentence = {0};
    if (r->trend_count == 0)
        return;
    trends_append_sentence(&sentence, r);
    text_append(t, "<section class=\"trends\">\n<h2>Compared with earlier runs</h2>\n<p>");
    html_append_line(t, text_string(&sentence));
    text_append(t, "</p>\n");
    text_release(&sentence);
    for (int wanted = 2; wanted >= 0; wanted--)
        for (size_t i = 0;
             i < r->trend_count && drawn < (wanted ? MOST_TREND_PLOTS : MOST_STEADY_PLOTS); i++)
            if (interest(&r->trends[i]) == wanted && r->trends[i].point_count > 1) {
                append_plot(t, &r->trends[i], plots);
                drawn++;
            }
    html_begin_fold(t, "All measures", "Scenario|Measure|#This run|#Runs|Verdict");
    for (int wanted = 2; wanted >= 0; wanted--)
        for (size_t i = 0; i < r->trend_count && shown < MOST_TRENDS; i++)
            if (interest(&r->trends[i]) == wanted) {
                append_row(t, &r->trends[i]);
                shown++;
            }
    html_end_fold(t, shown, r->trend_count);
    text_append(t, "</section>\n");
}
