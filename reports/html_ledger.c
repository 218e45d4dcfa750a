#include "reports/html_ledger.h"

#include "base/memory.h"
#include "record/lock_level.h"
#include "reports/figure.h"
#include "reports/html_part.h"

void html_begin_fold(struct text *t, const char *title, const char *columns)
{
    text_append_format(t, "<details class=\"figures\"><summary>%s</summary>\n", title);
    html_begin_table(t, columns);
}

void html_end_fold(struct text *t, size_t shown, size_t count)
{
    html_end_table(t);
    if (shown < count)
        text_append_format(t, "<p class=\"soft\">%zu of %zu; run.json has all.</p>\n", shown,
                           count);
    text_append(t, "</details>\n");
}

static void append_number_cell(struct text *t, size_t number)
{
    text_append(t, "<td class=\"number\">");
    if (number)
        text_append_format(t, "%zu", number);
    text_append(t, "</td>");
}

static void append_time_cell(struct text *t, double seconds)
{
    text_append(t, "<td class=\"number\">");
    figure_append_duration(t, seconds);
    text_append(t, "</td>");
}

/* -1: not known. */
static void append_known_cell(struct text *t, int64_t value, const char *unit)
{
    if (value < 0)
        text_append(t, "<td class=\"number\">–</td>");
    else
        html_append_value_cell(t, (double)value, unit);
}

static void append_steps(struct text *t, const struct cost_record *c)
{
    if (c->step_count == 0)
        return;
    html_begin_fold(t, "Steps of the migrator",
                    "Step|#Statements|#Time|#WAL|#Buffers dirtied|#Temporary files");
    for (size_t i = 0; i < c->step_count && i < LEDGER_ROWS; i++) {
        const struct step_cost *s = &c->steps[i];
        text_append(t, "<tr>");
        html_append_heading_cell(t, s->name);
        append_number_cell(t, s->statements);
        append_time_cell(t, s->seconds);
        append_known_cell(t, s->counters.wal_bytes, "bytes");
        append_known_cell(t, s->counters.buffers_dirtied, "");
        append_known_cell(t, s->counters.temp_bytes, "bytes");
        text_append(t, "</tr>\n");
    }
    html_end_fold(t, c->step_count < LEDGER_ROWS ? c->step_count : LEDGER_ROWS, c->step_count);
}

static void append_statement(struct text *t, const struct statement_cost *s)
{
    text_append(t, "<tr>");
    append_number_cell(t, s->number);
    text_append(t, "<td><code>");
    html_append_line(t, s->sql);
    text_append(t, "</code>");
    if (s->sqlstate[0] || s->seconds < 0) {
        text_append(t, " <span class=\"word finding\">✗ ");
        html_append_line(t, s->sqlstate[0] ? s->sqlstate : "never answered");
        text_append(t, "</span>");
    }
    text_append(t, "</td>");
    append_time_cell(t, s->started);
    if (s->seconds < 0)
        text_append(t, "<td class=\"number\">–</td>");
    else
        append_time_cell(t, s->seconds);
    html_append_value_cell(t, (double)s->rows, "");
    append_known_cell(t, s->counters.wal_bytes, "bytes");
    append_known_cell(t, s->counters.buffers_dirtied, "");
    text_append(t, "</tr>\n");
}

static int by_time(const void *a, const void *b)
{
    const struct statement_cost *const *x = a, *const *y = b;
    double s = (*x)->seconds, u = (*y)->seconds;
    if ((s < 0) != (u < 0))
        return s < 0 ? -1 : 1; /* what never ended is the longest */
    return s < u ? 1 : s > u ? -1 : *x < *y ? -1 : *x > *y;
}

static int by_place(const void *a, const void *b)
{
    const struct statement_cost *const *x = a, *const *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void append_statements(struct text *t, const struct cost_record *c)
{
    size_t count = c->statement_count;
    size_t shown = count < LEDGER_ROWS ? count : LEDGER_ROWS;
    if (count == 0)
        return;
    const struct statement_cost **order = memory_zeroed(count, sizeof *order);
    for (size_t i = 0; i < count; i++)
        order[i] = &c->statements[i];
    qsort(order, count, sizeof(const struct statement_cost *), by_time);
    qsort(order, shown, sizeof(const struct statement_cost *), by_place);
    html_begin_fold(t, shown < count ? "The longest statements" : "Statements",
                    "#No.|SQL|#Began at|#Time|#Rows|#WAL|#Buffers dirtied");
    for (size_t i = 0; i < shown; i++)
        append_statement(t, order[i]);
    html_end_fold(t, shown, count);
    free(order);
}

static void append_locks(struct text *t, const struct cost_record *c)
{
    size_t shown = 0, sampled = 0;
    if (c->lock_count == 0)
        return;
    html_begin_fold(t, "Locks", "Object|Mode|Effect|#Statement|#Taken at|#Waited|#Held|Times");
    /* what bars most first, and of that the tables */
    for (int rank = LOCK_LEVELS * 3 - 1; rank >= 0; rank--)
        for (size_t i = 0; i < c->lock_count && shown < LEDGER_ROWS; i++) {
            const struct lock_cost *l = &c->locks[i];
            enum lock_level level = lock_level_of(l->mode);
            if ((int)level * 3 + lock_interest(l) != rank)
                continue;
            shown++;
            sampled += l->sampled;
            text_append(t, "<tr>");
            html_append_heading_cell(t, l->object);
            html_append_cell(t, l->mode);
            html_append_cell(t, lock_level_text(level));
            append_number_cell(t, l->statement);
            append_time_cell(t, l->taken);
            append_time_cell(t, l->waited);
            append_time_cell(t, l->held);
            html_append_cell(t, l->sampled ? "sampled" : "exact");
            text_append(t, "</tr>\n");
        }
    html_end_fold(t, shown, c->lock_count);
    if (sampled)
        text_append(t, "<p class=\"soft\">A sampled lock was seen between two samples, not at a "
                       "statement boundary: its times are bounds.</p>\n");
}

static void append_tables(struct text *t, const struct cost_record *c)
{
    size_t shown = c->table_count < LEDGER_ROWS ? c->table_count : LEDGER_ROWS;
    if (c->table_count == 0)
        return;
    html_begin_fold(t, "Tables", "Table|#Before|#After|Rewritten");
    for (size_t i = 0; i < shown; i++) {
        const struct table_cost *table = &c->tables[i];
        text_append(t, "<tr>");
        html_append_heading_cell(t, table->table);
        append_known_cell(t, table->before, "bytes");
        append_known_cell(t, table->after, "bytes");
        text_append(t, table->rewritten ? "<td>yes" : "<td>no");
        if (table->rewritten && table->statement)
            text_append_format(t, ", by statement %zu", table->statement);
        text_append(t, "</td></tr>\n");
    }
    html_end_fold(t, shown, c->table_count);
}

void html_append_ledger(struct text *t, const struct cost_record *c)
{
    append_steps(t, c);
    append_statements(t, c);
    append_locks(t, c);
    append_tables(t, c);
}

void html_append_stall_table(struct text *t, const struct cost_record *c)
{
    html_begin_fold(t, "Probes", "Probe|Kind|#Asked|#Failed|#99 of 100 within|#Longest");
    for (size_t i = 0; i < c->stall_count; i++) {
        const struct stall_record *s = &c->stalls[i];
        text_append(t, "<tr>");
        html_append_heading_cell(t, s->probe);
        html_append_cell(t, s->writes ? "writes" : "reads");
        html_append_value_cell(t, (double)s->asked, "");
        html_append_value_cell(t, (double)s->failed, "");
        append_time_cell(t, s->p99);
        append_time_cell(t, s->longest);
        text_append(t, "</tr>\n");
    }
    html_end_fold(t, c->stall_count, c->stall_count);
}
