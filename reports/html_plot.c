#include "reports/html_plot.h"

#include <stdio.h>

const char *html_plot_name(struct html_plots *plots)
{
    snprintf(plots->name, sizeof plots->name, "plot-%zu", ++plots->count);
    return plots->name;
}

void html_append_plot(struct text *t, struct html_plots *plots, struct plot *p, const char *caption)
{
    struct text drawing = {0};
    struct error e = {0};
    if (!plots->failed && plot_draw(p, &drawing, &e)) {
        text_append(t, "<figure>\n<figcaption>");
        html_append_line(t, caption);
        text_append_format(t,
                           "</figcaption>\n<div class=\"drawing\" tabindex=\"0\" role=\"group\" "
                           "aria-label=\"Plot\">\n%s</div>\n",
                           text_string(&drawing));
        plot_append_keys(p, t);
        text_append(t, "</figure>\n");
    } else if (!plots->failed) {
        plots->failed = true;
        text_append(t, "<p class=\"no-plots\">The plots are missing from this page: ");
        html_append_line(t, e.message);
        text_append(t, ". The tables have the same figures.</p>\n");
    }
    text_release(&drawing);
    plot_release(p);
}
