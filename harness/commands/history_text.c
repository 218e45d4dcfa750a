#include "commands/history_text.h"

#include <string.h>

#include "base/memory.h"
#include "base/valid_text.h"
#include "reports/figure.h"

enum { PLOTTED = 40 }; /* points, the newest */

static void end_line(struct text *out, const struct terminal *terminal, struct text *line)
{
    terminal_append_line(terminal, out, text_string(line), 0);
    text_append(out, "\n");
    text_clear(line);
}

static void append_cell(struct text *line, const char *value, size_t columns, bool right)
{
    char *valid = valid_line(value);
    append_padded(line, valid, columns, right);
    text_append(line, "  ");
    free(valid);
}

static const char *ink_of(const char *verdict)
{
    return strcmp(verdict, "passed") == 0     ? INK_GOOD
           : strcmp(verdict, "findings") == 0 ? INK_BAD
                                              : INK_DOUBT;
}

static void append_run(struct text *line, const struct history_run *run)
{
    struct text duration = {0};
    figure_append_duration(&duration, run->seconds);
    append_cell(line, run->started_at, 20, false);
    append_cell(line, run->id, 12, false);
    append_cell(line, run->label, 13, false);
    append_cell(line, run->migrator, 8, false);
    text_append(line, ink_of(run->verdict));
    append_cell(line, run->verdict, 15, false);
    text_append(line, INK_END);
    append_padded(line, text_string(&duration), 12, true);
    text_release(&duration);
}

/* Eight heights between the lowest and the highest value; a flat series is a low line. */
static void append_spark(struct text *line, const struct trend *t, bool utf8)
{
    static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const signs[] = {"_", ".", "-", "~", "=", "+", "*", "#"};
    size_t first = t->point_count > PLOTTED ? t->point_count - PLOTTED : 0;
    double low = t->points[first].value, high = low;
    for (size_t i = first; i < t->point_count; i++) {
        low = t->points[i].value < low ? t->points[i].value : low;
        high = t->points[i].value > high ? t->points[i].value : high;
    }
    for (size_t i = first; i < t->point_count; i++) {
        double share = high > low ? (t->points[i].value - low) / (high - low) : 0;
        size_t height = (size_t)(share * 7 + 0.5);
        if (i > first && t->points[i].change)
            text_append(line, "|");
        text_append(line, utf8 ? blocks[height] : signs[height]);
    }
}

static void append_series(struct text *line, const struct trend *t, size_t columns, bool utf8)
{
    struct text value = {0};
    char *name = memory_format("%s · %s", t->scenario, t->measure);
    const struct trend_point *last = &t->points[t->point_count - 1];
    append_cell(line, name, columns, false);
    figure_append(&value, last->value, t->unit);
    append_padded(line, text_string(&value), 14, true);
    text_append(line, "  ");
    append_spark(line, t, utf8);
    text_append_format(line, "  %s%s%s", t->worse ? INK_BAD : INK_SOFT, t->verdict, INK_END);
    free(name);
    text_release(&value);
}

static const struct history_run *newest_of(const struct history_view *view, const char *terms)
{
    for (size_t i = view->run_count; i-- > 0;)
        if (strcmp(view->runs[i].terms, terms) == 0)
            return &view->runs[i];
    return NULL;
}

static size_t count_of(const struct history_view *view, const char *terms)
{
    size_t count = 0;
    for (size_t i = 0; i < view->run_count; i++)
        count += strcmp(view->runs[i].terms, terms) == 0;
    return count;
}

static bool append_heading(struct text *line, struct store *s, const struct history_view *view,
                           const char *terms, struct error *e)
{
    const struct history_run *run = newest_of(view, terms);
    char *facts = run ? history_terms(s, run->id, e) : NULL;
    char *valid = valid_line(facts);
    text_append_format(line, INK_BOLD "%s, ", run ? run->migrator : "?");
    figure_append_count(line, count_of(view, terms), "run");
    text_append_format(line, INK_END " on the same terms: %s", valid);
    free(valid);
    free(facts);
    return e->kind == ERROR_NONE;
}

static size_t name_columns(const struct history_view *view)
{
    size_t columns = 0;
    for (size_t i = 0; i < view->series_count; i++) {
        const struct trend *t = &view->series[i].trend;
        size_t own = display_columns(t->scenario) + 3 + display_columns(t->measure);
        columns = own > columns ? own : columns;
    }
    return columns < 60 ? columns : 60;
}

bool history_text(struct text *out, const struct terminal *terminal, struct store *s,
                  const char *suite, const struct history_view *view, struct error *e)
{
    struct text line = {0};
    const char *terms = "";
    text_append_format(&line, "%s: ", suite);
    figure_append_count(&line, view->run_count, "run");
    end_line(out, terminal, &line);
    for (size_t i = 0; i < view->run_count; i++) {
        append_run(&line, &view->runs[i]);
        end_line(out, terminal, &line);
    }
    for (size_t i = 0; i < view->series_count && e->kind == ERROR_NONE; i++) {
        const struct history_series *series = &view->series[i];
        if (strcmp(series->terms, terms) != 0) {
            terms = series->terms;
            text_append(out, "\n");
            append_heading(&line, s, view, terms, e);
            end_line(out, terminal, &line);
        }
        append_series(&line, &series->trend, name_columns(view), terminal->utf8);
        end_line(out, terminal, &line);
    }
    text_release(&line);
    return e->kind == ERROR_NONE;
}
