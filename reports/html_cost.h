/* The parts of report.html that tell what the migration costs; nothing where nothing was asked. */
#pragma once
#include "record/record.h"
#include "reports/html_plot.h"

/* A sentence for each of cost, forecast and trends, for the head of the page. */
void html_append_cost_sentences(struct text *t, const struct run_record *r);

/* A section for each scenario that has a ledger: its plots, and its figures folded away. */
void html_append_costs(struct text *t, const struct run_record *r, struct html_plots *plots);

void html_append_trends(struct text *t, const struct run_record *r, struct html_plots *plots);
void html_append_forecast(struct text *t, const struct run_record *r, struct html_plots *plots);
