/* Plots in report.html. Where gnuplot is missing or fails, the page says so once, and has none. */
#pragma once
#include "reports/html_part.h"
#include "reports/plot.h"

/* Zero-initialised it is ready. */
struct html_plots {
    size_t count; /* drawn or tried */
    bool failed;  /* gnuplot is not asked again */
    char name[24];
};

/* A name for the next plot of the page, valid until the next call. */
const char *html_plot_name(struct html_plots *plots);

/* Draws it as a <figure> under its caption (any bytes), with its keys, and releases it. */
void html_append_plot(struct text *t, struct html_plots *plots, struct plot *p,
                      const char *caption);
