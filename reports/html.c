/*
 * report.html: one file for people, without scripts or anything from elsewhere. It reads well
 * without its style too, since Jenkins' default Content-Security-Policy blocks inline styles. Where
 * costs, trends or a forecast were asked for it has plots; without gnuplot it says that they are
 * missing, which changes nothing else.
 */
#include "reports/evidence.h"
#include "reports/figure.h"
#include "reports/html_cost.h"
#include "reports/reporter.h"

static const char *advice(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_PASSED:
        return "Every check ran and passed.";
    case VERDICT_FINDINGS:
        return "Do not ship this migration: at least one check failed.";
    case VERDICT_UNCHECKED:
        break;
    }
    return "Not everything could be checked, so this is not a verdict on the migration.";
}

static void append_head(struct text *t, const struct run_record *r)
{
    enum verdict verdict = verdict_of_run(r);
    struct text title = {0};
    text_append_format(&title, "%s: %s – pgrehearse", verdict_name(verdict),
                       r->suite ? r->suite : "");
    html_begin_page(t, text_string(&title), "");
    text_release(&title);
    html_begin_header(t, verdict);
    text_append(t, "<p class=\"soft\">Rehearsal of ");
    html_append_line(t, r->suite);
    text_append(t, " with ");
    html_append_line(t, r->migrator);
    text_append(t, ", ");
    html_append_line(t, r->started_at);
    text_append(t, "</p>\n<h1>");
    html_append_verdict(t, verdict);
    text_append_format(t, "</h1>\n<p>%s</p>\n<p class=\"soft\">", advice(verdict));
    verdict_append_run(t, r);
    text_append(t, "</p>\n");
    html_append_cost_sentences(t, r);
    html_append_run_error(t, r);
    text_append(t, "</header>\n");
}

static void append_complaints(struct text *t, const struct run_record *r)
{
    size_t findings = record_count_outcome(r, OUTCOME_FINDING);
    size_t errors = record_count_outcome(r, OUTCOME_ERROR);
    size_t not_run = record_count_outcome(r, OUTCOME_NOT_RUN);
    if (findings + errors + not_run == 0)
        return;
    text_append(t, "<section>\n<h2>What is wrong, and what to do</h2>\n");
    html_append_complaints(t, r, true);
    if (not_run) {
        text_append(t, "<p>");
        figure_append_count(t, not_run, "check");
        text_append(t,
                    " did not run and therefore did not pass; the scenarios below say why.</p>\n");
    }
    text_append(t, "</section>\n");
}

static void append_remarks(struct text *t, const struct run_record *r)
{
    if (record_count_level(r, LEVEL_WARNING) + record_count_level(r, LEVEL_NOTE) == 0)
        return;
    text_append(t,
                "<section>\n<h2>Worth knowing</h2>\n"
                "<p class=\"soft\">Warnings and notes do not count against the migration.</p>\n");
    html_append_remarks(t, r);
    text_append(t, "</section>\n");
}

/* A column that would be empty is left out: on a phone there is no room for it. */
struct columns {
    bool requirements, time, limit;
};

static struct columns columns_of(const struct step *step)
{
    struct columns found = {0};
    for (size_t i = 0; i < step->check_count; i++) {
        const struct check *c = &step->checks[i];
        found.requirements |= c->requirements && *c->requirements;
        found.time |= c->seconds > 0;
    }
    for (size_t i = 0; i < step->measurement_count; i++)
        found.limit |= step->measurements[i].limit > 0;
    return found;
}

static void append_check_row(struct text *t, const struct check *c, const struct columns *columns)
{
    text_append(t, "<tr>");
    html_append_heading_cell(t, c->name);
    text_append(t, "<td>");
    html_append_outcome(t, c->outcome);
    if (c->outcome == OUTCOME_NOT_RUN && c->message) {
        text_append(t, " <span class=\"soft\">");
        html_append_line(t, c->message);
        text_append(t, "</span>");
    }
    text_append(t, "</td>");
    if (columns->requirements)
        html_append_cell(t, c->requirements);
    if (columns->time)
        html_append_duration_cell(t, c->seconds);
    text_append(t, "</tr>\n");
}

static void append_measurement_row(struct text *t, const struct measurement *m,
                                   const struct columns *columns)
{
    text_append(t, "<tr>");
    html_append_heading_cell(t, m->name);
    html_append_value_cell(t, m->value, m->unit);
    if (m->limit > 0)
        html_append_value_cell(t, m->limit, m->unit);
    else if (columns->limit)
        text_append(t, "<td></td>");
    if (columns->limit)
        text_append_format(t, "<td>%s</td>",
                           m->limit > 0 && m->value > m->limit
                               ? "<span class=\"word finding\">✗ over the limit</span>"
                               : "");
    text_append(t, "</tr>\n");
}

static void append_measurements(struct text *t, const struct step *step,
                                const struct columns *columns)
{
    if (step->measurement_count == 0)
        return;
    html_begin_table(t, columns->limit ? "Measured|#Value|#Limit|Note" : "Measured|#Value");
    for (size_t i = 0; i < step->measurement_count; i++)
        append_measurement_row(t, &step->measurements[i], columns);
    html_end_table(t);
}

static void append_checks(struct text *t, const struct step *step, const struct columns *columns)
{
    if (step->check_count == 0)
        return;
    html_begin_table(t, columns->requirements ? columns->time ? "Check|Outcome|Requirements|#Time"
                                                              : "Check|Outcome|Requirements"
                        : columns->time       ? "Check|Outcome|#Time"
                                              : "Check|Outcome");
    for (size_t i = 0; i < step->check_count; i++)
        append_check_row(t, &step->checks[i], columns);
    html_end_table(t);
}

static void append_step(struct text *t, const struct step *step, size_t number)
{
    text_append_format(t, "<h3>%zu. ", number);
    html_append_line(t, step->title);
    text_append(t, " <span class=\"soft\">");
    figure_append_duration(t, step->seconds);
    text_append(t, "</span></h3>\n");
    const struct columns columns = columns_of(step);
    append_checks(t, step, &columns);
    append_measurements(t, step, &columns);
}

static void append_scenario(struct text *t, const struct scenario_record *s)
{
    enum verdict verdict = verdict_of_scenario(s);
    struct text shortfall = {0};
    verdict_append_shortfall(&shortfall, s);
    text_append_format(t, "<details class=\"scenario\"%s><summary>",
                       verdict == VERDICT_PASSED ? "" : " open");
    html_append_verdict(t, verdict);
    text_append(t, " <strong>");
    html_append_line(t, s->name);
    text_append_format(t, "</strong> <span class=\"soft\">%zu of ",
                       scenario_count_outcome(s, OUTCOME_PASSED));
    figure_append_count(t, scenario_count_checks(s), "check");
    text_append_format(t, " passed%s%s, ", shortfall.length ? ", " : "", text_string(&shortfall));
    figure_append_duration(t, s->seconds);
    text_append(t, "</span></summary>\n<p>");
    html_append_line(t, s->title);
    text_append(t, "</p>\n");
    if (s->retries) {
        struct text retries = {0};
        retries_append(&retries, s);
        text_append(t, "<p class=\"soft\">");
        html_append_line(t, text_string(&retries));
        text_append(t, "</p>\n");
        text_release(&retries);
    }
    for (size_t i = 0; i < s->step_count; i++)
        append_step(t, &s->steps[i], i + 1);
    text_append(t, "</details>\n");
    text_release(&shortfall);
}

static void append_scenarios(struct text *t, const struct run_record *r)
{
    text_append(t, "<section>\n<h2>Scenarios</h2>\n");
    for (size_t i = 0; i < r->scenario_count; i++)
        append_scenario(t, &r->scenarios[i]);
    if (r->scenario_count == 0)
        text_append(t, "<p>No scenario was planned.</p>\n");
    text_append(t, "</section>\n");
}

static void append_requirements(struct text *t, const struct run_record *r)
{
    struct requirement_matrix m;
    requirement_matrix_init(&m, r);
    if (m.count) {
        text_append(t, "<section class=\"matrix\">\n<h2>Requirements</h2>\n");
        html_begin_table(t, "Requirement|What it says|Status|#Passed|#Findings|#Errors|#Not run");
    }
    for (size_t i = 0; i < m.count; i++) {
        const struct requirement *row = &m.rows[i];
        text_append(t, "<tr>");
        html_append_heading_cell(t, row->id);
        html_append_cell(t, row->text);
        text_append(t, "<td>");
        html_append_proof(t, row->proof);
        text_append(t, "</td>");
        const enum outcome order[] = {OUTCOME_PASSED, OUTCOME_FINDING, OUTCOME_ERROR,
                                      OUTCOME_NOT_RUN};
        for (size_t j = 0; j < sizeof order / sizeof *order; j++)
            text_append_format(t, "<td class=\"number\">%zu</td>", row->outcomes[order[j]]);
        text_append(t, "</tr>\n");
    }
    if (m.count) {
        html_end_table(t);
        text_append(t, "</section>\n");
    }
    requirement_matrix_release(&m);
}

static void append_circumstances(struct text *t, const struct run_record *r)
{
    text_append(t, "<section class=\"facts\">\n<h2>Circumstances</h2>\n");
    html_begin_table(t, "Fact|Value");
    html_append_fact(t, "suite", r->suite);
    html_append_fact(t, "suite folder", r->suite_path);
    html_append_fact(t, "migrator", r->migrator);
    html_append_fact(t, "migrations", r->migrations);
    html_append_fact(t, "baseline", r->baseline);
    html_append_fact(t, "target", r->target);
    html_append_fact(t, "started", r->started_at);
    for (size_t i = 0; i < r->circumstance_count; i++)
        html_append_fact(t, r->circumstances[i].name, r->circumstances[i].value);
    html_end_table(t);
    text_append(t, "</section>\n");
    html_end_page(t, r->version, r->id);
}

static void render(struct text *t, const struct run_record *r)
{
    struct html_plots plots = {0};
    append_head(t, r);
    append_complaints(t, r);
    append_remarks(t, r);
    append_scenarios(t, r);
    append_requirements(t, r);
    html_append_costs(t, r, &plots);
    html_append_trends(t, r, &plots);
    html_append_forecast(t, r, &plots);
    append_circumstances(t, r);
}

const struct reporter html_reporter = {.name = "html",
                                       .summary = "one page for people, with plots",
                                       .file = "report.html",
                                       .render = render};
