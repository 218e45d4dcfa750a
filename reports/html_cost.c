#include "reports/html_cost.h"

#include "base/memory.h"
#include "reports/cost_sentence.h"
#include "reports/figure.h"
#include "reports/html_ledger.h"
#include "reports/plots.h"

enum { MOST_STALL_PLOTS = 6 };

static void append_sentence(struct text *t, const char *name, const char *scenario,
                            struct text *sentence)
{
    text_append_format(t, "<dt>%s", name);
    if (scenario) {
        text_append(t, " (scenario ");
        html_append_line(t, scenario);
        text_append(t, ")");
    }
    text_append(t, "</dt><dd>");
    html_append_line(t, text_string(sentence));
    text_append(t, "</dd>\n");
    text_release(sentence);
}

void html_append_cost_sentences(struct text *t, const struct run_record *r)
{
    struct text all = {0}, sentence = {0};
    for (size_t i = 0; i < r->scenario_count; i++)
        if (r->scenarios[i].cost) {
            cost_append_sentence(&sentence, r->scenarios[i].cost);
            append_sentence(&all, "Cost", r->scenarios[i].name, &sentence);
        }
    if (r->forecast) {
        forecast_append_sentence(&sentence, r->forecast);
        append_sentence(&all, "Forecast", NULL, &sentence);
    }
    if (r->trend_count) {
        trends_append_sentence(&sentence, r);
        append_sentence(&all, "Trend", NULL, &sentence);
    }
    if (all.length)
        text_append_format(t, "<dl class=\"sentences\">\n%s</dl>\n", text_string(&all));
    text_release(&all);
}

static void begin_tile(struct text *t, const char *name)
{
    text_append_format(t, "<div><dt>%s</dt><dd>", name);
}

static void append_tile(struct text *t, const char *name, double value, const char *unit)
{
    begin_tile(t, name);
    figure_append(t, value, unit);
    text_append(t, "</dd></div>\n");
}

static void append_known_tile(struct text *t, const char *name, int64_t value, const char *unit)
{
    if (value >= 0)
        append_tile(t, name, (double)value, unit);
}

static void append_tiles(struct text *t, const struct cost_record *c)
{
    text_append(t, "<dl class=\"tiles\">\n");
    begin_tile(t, "Time");
    figure_append_duration(t, c->seconds);
    text_append(t, "</dd></div>\n");
    append_tile(t, "Statements", (double)c->statement_count, "");
    append_known_tile(t, "WAL", c->totals.wal_bytes, "bytes");
    append_known_tile(t, "Buffers dirtied", c->totals.buffers_dirtied, "");
    append_known_tile(t, "Buffers read", c->totals.buffers_read, "");
    append_known_tile(t, "Temporary files", c->totals.temp_bytes, "bytes");
    const struct stall_record *stall = cost_longest_stall(c);
    if (stall) {
        begin_tile(t, "Longest stall");
        figure_append_duration(t, stall->longest);
        text_append(t, "</dd></div>\n");
    }
    text_append(t, "</dl>\n");
}

static void append_remarks(struct text *t, const struct cost_record *c)
{
    size_t count = 0;
    for (size_t i = 0; i < c->table_count; i++)
        if (c->tables[i].rewritten) {
            text_append(t, count++ ? ", " : "<p><strong>Rewritten as a whole:</strong> ");
            html_append_line(t, c->tables[i].table);
        }
    text_append(t, count ? ".</p>\n" : "");
    if (c->watched > 0) {
        text_append(t, "<p class=\"soft\">The migrator spent ");
        figure_append_duration(t, c->watched);
        text_append(t, " of its time waiting for our measurements.</p>\n");
    }
    if (c->missing) {
        text_append(t, "<p><strong>Not known:</strong> ");
        html_append_line(t, c->missing);
        text_append(t, "</p>\n");
    }
}

static void append_timeline(struct text *t, const struct cost_record *c, struct html_plots *plots)
{
    struct plot p = {0};
    struct text caption = {0};
    if (!plot_timeline(&p, html_plot_name(plots), c)) {
        plot_release(&p);
        return;
    }
    text_append(&caption, "Statements over time, with the objects they locked below");
    if (c->statement_count > TIMELINE_STATEMENTS)
        text_append_format(&caption, ". The %d longest of %zu have their own row",
                           TIMELINE_STATEMENTS, c->statement_count);
    size_t objects = timeline_objects(c);
    if (objects > TIMELINE_OBJECTS)
        text_append_format(&caption, ". Of %zu locked objects, %d are shown, tables first", objects,
                           TIMELINE_OBJECTS);
    html_append_plot(t, plots, &p, text_string(&caption));
    text_release(&caption);
}

static int by_longest(const void *a, const void *b)
{
    const struct stall_record *const *x = a, *const *y = b;
    double first = (*x)->longest, second = (*y)->longest;
    return (first < second) - (first > second);
}

static void append_stall(struct text *t, const struct cost_record *c, const struct stall_record *s,
                         struct html_plots *plots)
{
    struct plot p = {0};
    struct text caption = {0};
    if (plot_stall(&p, html_plot_name(plots), c, s)) {
        text_append(&caption, s->probe ? s->probe : "");
        text_append_format(&caption, " (%s): longest stall ", s->writes ? "writes" : "reads");
        figure_append_duration(&caption, s->longest);
        html_append_plot(t, plots, &p, text_string(&caption));
    } else
        plot_release(&p);
    text_release(&caption);
}

static void append_stalls(struct text *t, const struct cost_record *c, struct html_plots *plots)
{
    if (c->stall_count == 0)
        return;
    const struct stall_record **order = memory_zeroed(c->stall_count, sizeof *order);
    for (size_t i = 0; i < c->stall_count; i++)
        order[i] = &c->stalls[i];
    qsort(order, c->stall_count, sizeof(const struct stall_record *), by_longest);
    text_append(t, "<h3>How long the application had to wait</h3>\n");
    for (size_t i = 0; i < c->stall_count && i < MOST_STALL_PLOTS; i++)
        append_stall(t, c, order[i], plots);
    if (c->stall_count > MOST_STALL_PLOTS)
        text_append_format(t,
                           "<p class=\"soft\">Only the %d with the longest stall are drawn.</p>\n",
                           MOST_STALL_PLOTS);
    free(order);
    html_append_stall_table(t, c);
}

void html_append_costs(struct text *t, const struct run_record *r, struct html_plots *plots)
{
    for (size_t i = 0; i < r->scenario_count; i++) {
        const struct cost_record *c = r->scenarios[i].cost;
        if (!c)
            continue;
        text_append(t, "<section>\n<h2>What it costs: ");
        html_append_line(t, r->scenarios[i].name);
        text_append(t, "</h2>\n");
        append_tiles(t, c);
        append_remarks(t, c);
        append_timeline(t, c, plots);
        html_append_ledger(t, c);
        append_stalls(t, c, plots);
        text_append(t, "</section>\n");
    }
}
