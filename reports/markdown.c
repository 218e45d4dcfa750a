/*
 * A summary for a comment on a pull or merge request: short first, details folded. Its first line
 * is a marker, the same for each run of the suite with the migrator, by which a comment is found
 * again to be replaced. On GitHub it is the summary of the step too.
 */
#include <stdlib.h>

#include "base/valid_text.h"
#include "record/terms.h"
#include "record/verdict.h"
#include "reports/evidence.h"
#include "reports/figure.h"
#include "reports/pipeline.h"
#include "reports/reporter.h"

/* Whatever Markdown, HTML or a mention of somebody could begin with. */
static const struct escape escapes[] = {
    {'&', "&amp;"},  {'<', "&lt;"},  {'>', "&gt;"},   {'\\', "&#92;"},
    {'`', "&#96;"},  {'*', "&#42;"}, {'_', "&#95;"},  {'[', "&#91;"},
    {']', "&#93;"},  {'#', "&#35;"}, {'|', "&#124;"}, {'@', "&#64;"},
    {'~', "&#126;"}, {'!', "&#33;"}, {'$', "&#36;"},  {0, NULL}};

/* GitHub takes a comment of 65,536 characters; others take more. */
enum { MOST_OPEN = 5, LONGEST_EVIDENCE = 3000, LONGEST_SUMMARY = 50000 };

static void append_line(struct text *t, const char *string)
{
    char *valid = valid_line(string);
    pipeline_append_escaped(t, valid, escapes);
    free(valid);
}

/* In an HTML comment nothing is escaped, and "--" may not be. */
static void append_marker(struct text *t, const struct run_record *r)
{
    const char *const names[] = {r->suite, r->migrator};
    text_append(t, "<!-- pgrehearse");
    for (size_t i = 0; i < 2; i++) {
        char *valid = valid_line(names[i]);
        for (char *s = valid; *s; s++)
            if (*s == '-' || *s == '>' || *s == '<')
                *s = '.';
        text_append_format(t, " %s", valid);
        free(valid);
    }
    text_append(t, " -->\n");
}

static void append_head(struct text *t, const struct run_record *r)
{
    static const char *const marks[] = {
        [VERDICT_PASSED] = "✅", [VERDICT_FINDINGS] = "❌", [VERDICT_UNCHECKED] = "⚠️"};
    enum verdict verdict = verdict_of_run(r);
    const char *version = circumstance_value(r, "server_version");
    struct text line = {0};
    verdict_append_run(&line, r);
    text_append_format(t, "### %s Migration rehearsal: %s\n\n", marks[verdict],
                       verdict_name(verdict));
    append_line(t, r->suite);
    text_append(t, ", ");
    append_line(t, r->baseline);
    text_append(t, " → ");
    append_line(t, r->target);
    text_append(t, ", ");
    append_line(t, r->migrator);
    if (version) {
        text_append(t, ", PostgreSQL ");
        append_line(t, version);
    }
    text_append(t, "\n\n**");
    append_line(t, text_string(&line));
    text_append(t, "**\n\n");
    text_release(&line);
}

static void append_cause(struct text *t, const struct cause *cause, enum cause_grade grade,
                         const char *shortfall)
{
    struct text place = {0}, scenarios = {0};
    text_append_format(t, "- **%s** ", cause_grade_name(grade));
    if (!cause) {
        append_line(t, shortfall);
        text_append(t, "\n");
        return;
    }
    const struct check *c = cause->places[0].check;
    pipeline_append_place(&place, &cause->places[0]);
    if (place.length) {
        text_append(t, "<code>");
        append_line(t, text_string(&place));
        text_append(t, "</code> ");
    }
    append_line(t, c->message ? c->message : c->name);
    text_append(t, "<br>\n");
    if (c->remedy && c->remedy[0]) {
        text_append(t, "  → ");
        append_line(t, c->remedy);
        text_append(t, "<br>\n");
    }
    cause_append_scenarios(&scenarios, cause, 0);
    text_append(t, "  <sub>in ");
    append_line(t, text_string(&scenarios));
    text_append(t, "</sub>\n");
    text_release(&scenarios);
    text_release(&place);
}

/* Those that do not fit are counted. */
struct listed {
    size_t shown, left;
};

static void list_cause(struct text *t, struct listed *l, const struct cause *cause,
                       enum cause_grade grade, const char *shortfall)
{
    if (t->length > LONGEST_SUMMARY) {
        l->left++;
        return;
    }
    if (l->shown++ == MOST_OPEN)
        text_append(t, "\n<details><summary>More</summary>\n\n");
    append_cause(t, cause, grade, shortfall);
}

static void append_causes(struct text *t, const struct causes causes[CAUSE_GRADES],
                          const char *shortfall)
{
    struct listed listed = {0};
    if (shortfall)
        list_cause(t, &listed, NULL, GRADE_ERROR, shortfall);
    for (int grade = 0; grade < CAUSE_GRADES; grade++)
        for (size_t i = 0; i < causes[grade].count; i++)
            list_cause(t, &listed, &causes[grade].items[i], (enum cause_grade)grade, NULL);
    if (listed.left)
        text_append_format(t, "- and %zu more, in report.html\n", listed.left);
    if (listed.shown > MOST_OPEN)
        text_append(t, "\n</details>\n");
}

/* HTML from one tag to the other, so that blank lines in between do not end it. */
static void append_block(struct text *t, const struct report_evidence *e)
{
    char *valid = evidence_text(e, LONGEST_EVIDENCE);
    text_append_format(t, "%s:\n\n<pre>", e->name);
    pipeline_append_escaped(t, valid, escapes);
    text_append(t, "</pre>\n\n");
    free(valid);
}

static void append_proof(struct text *t, const struct cause_place *at)
{
    const struct check *c = at->check;
    struct report_evidence all[EVIDENCE_COUNT];
    size_t count = evidence_of(c, all), blocks = 0;
    struct text place = {0};
    pipeline_append_place(&place, at);
    for (size_t i = 0; i < count; i++) {
        if (all[i].one_line || t->length > LONGEST_SUMMARY)
            continue;
        if (blocks++ == 0) {
            text_append(t, "**");
            append_line(t, place.length ? text_string(&place) : c->name);
            text_append(t, "**\n\n");
        }
        append_block(t, &all[i]);
    }
    text_release(&place);
}

static void append_proofs(struct text *t, const struct causes causes[CAUSE_GRADES])
{
    struct text proofs = {0};
    for (int grade = 0; grade < CAUSE_GRADES; grade++)
        for (size_t i = 0; i < causes[grade].count; i++)
            if (t->length + proofs.length < LONGEST_SUMMARY)
                append_proof(&proofs, &causes[grade].items[i].places[0]);
    if (proofs.length) {
        text_append(t, "\n<details><summary>Evidence</summary>\n\n");
        text_append(t, text_string(&proofs));
        text_append(t, "</details>\n");
    }
    text_release(&proofs);
}

static void append_scenario(struct text *t, const struct scenario_record *s)
{
    struct text shortfall = {0};
    verdict_append_shortfall(&shortfall, s);
    text_append(t, "| ");
    append_line(t, s->name);
    text_append_format(t, " | %zu/%zu | ", scenario_count_outcome(s, OUTCOME_PASSED),
                       scenario_count_checks(s));
    if (s->seconds > 0)
        figure_append_duration(t, s->seconds);
    text_append_format(t, " | %s |\n",
                       shortfall.length ? text_string(&shortfall)
                                        : verdict_name(verdict_of_scenario(s)));
    text_release(&shortfall);
}

static void append_scenarios(struct text *t, const struct run_record *r)
{
    if (r->scenario_count == 0)
        return;
    text_append_format(t,
                       "\n<details><summary>%zu scenario%s</summary>\n\n"
                       "| scenario | checks | time | verdict |\n|---|---:|---:|---|\n",
                       r->scenario_count, r->scenario_count == 1 ? "" : "s");
    for (size_t i = 0; i < r->scenario_count; i++)
        append_scenario(t, &r->scenarios[i]);
    text_append(t, "\n</details>\n");
}

static void render(struct text *t, const struct run_record *r)
{
    struct causes causes[CAUSE_GRADES];
    char *shortfall = run_shortfall(r);
    for (int grade = 0; grade < CAUSE_GRADES; grade++)
        causes_of_grade(&causes[grade], r, (enum cause_grade)grade);
    append_marker(t, r);
    append_head(t, r);
    append_causes(t, causes, shortfall);
    append_proofs(t, causes);
    append_scenarios(t, r);
    for (int grade = 0; grade < CAUSE_GRADES; grade++)
        causes_release(&causes[grade]);
    free(shortfall);
}

static const char *recognise(void)
{
    return pipeline_is_github() || pipeline_is_gitlab() || pipeline_is_azure() ? "summary.md"
                                                                               : NULL;
}

const struct reporter markdown_reporter = {.name = "markdown",
                                           .summary = "a summary for a comment",
                                           .recognise = recognise,
                                           .render = render};

/* GitHub, "Workflow commands": "Adding a job summary". Other steps may have written to it. */
static const char *recognise_step(void)
{
    const char *path = getenv("GITHUB_STEP_SUMMARY");
    return pipeline_is_github() && path && path[0] == '/' ? path : NULL;
}

const struct reporter github_summary_reporter = {
    .name = "github-summary",
    .summary = "the same, appended to the summary of the step",
    .recognise = recognise_step,
    .appends = true,
    .render = render};
