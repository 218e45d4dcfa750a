#include "reports/html_part.h"

#include "base/valid_text.h"
#include "reports/causes.h"
#include "reports/evidence.h"
#include "reports/figure.h"

static void append_escaped(struct text *t, const char *valid)
{
    for (const char *s = valid; *s; s++) {
        size_t plain = strcspn(s, "&<>\"'");
        text_append_bytes(t, s, plain);
        s += plain;
        if (!*s)
            return;
        text_append(t, *s == '&'   ? "&amp;"
                       : *s == '<' ? "&lt;"
                       : *s == '>' ? "&gt;"
                       : *s == '"' ? "&quot;"
                                   : "&#39;");
    }
}

void html_append_line(struct text *t, const char *string)
{
    char *valid = valid_line(string);
    append_escaped(t, valid);
    free(valid);
}

void html_begin_page(struct text *t, const char *title, const char *style)
{
    text_append(t, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                   "<meta name=\"color-scheme\" content=\"light dark\">\n"
                   "<title>");
    html_append_line(t, title);
    text_append_format(t, "</title>\n<style>\n%s%s</style>\n</head>\n<body>\n<main>\n", html_style,
                       style);
}

void html_end_page(struct text *t, const char *version, const char *id)
{
    text_append(t, "<footer><p>pgrehearse ");
    html_append_line(t, version);
    text_append(t, ", run ");
    html_append_line(t, id);
    text_append(t, "</p></footer>\n</main>\n</body>\n</html>\n");
}

void html_append_cell(struct text *t, const char *string)
{
    text_append(t, "<td>");
    html_append_line(t, string);
    text_append(t, "</td>");
}

void html_append_heading_cell(struct text *t, const char *string)
{
    text_append(t, "<th scope=\"row\">");
    html_append_line(t, string);
    text_append(t, "</th>");
}

void html_append_duration_cell(struct text *t, double seconds)
{
    text_append(t, "<td class=\"number\">");
    if (seconds > 0)
        figure_append_duration(t, seconds);
    text_append(t, "</td>");
}

void html_append_value_cell(struct text *t, double value, const char *unit)
{
    struct text figure = {0};
    figure_append(&figure, value, unit);
    text_append(t, "<td class=\"number\">");
    append_escaped(t, text_string(&figure));
    text_append(t, "</td>");
    text_release(&figure);
}

void html_begin_table(struct text *t, const char *columns)
{
    text_append(t, "<div class=\"table\"><table>\n<thead><tr>");
    for (const char *at = columns; *at;) {
        size_t length = strcspn(at, "|");
        bool number = *at == '#'; /* a column of figures, set to the right */
        text_append_format(t, "<th scope=\"col\"%s>%.*s</th>", number ? " class=\"number\"" : "",
                           (int)length - number, at + number);
        at += length + (at[length] == '|');
    }
    text_append(t, "</tr></thead>\n<tbody>\n");
}

void html_end_table(struct text *t)
{
    text_append(t, "</tbody>\n</table></div>\n");
}

void html_append_fact(struct text *t, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    text_append(t, "<tr>");
    html_append_heading_cell(t, name);
    html_append_cell(t, value);
    text_append(t, "</tr>\n");
}

static void append_word(struct text *t, const char *class, const char *mark, const char *word)
{
    text_append_format(t, "<span class=\"word %s\">%s %s</span>", class, mark, word);
}

void html_append_outcome(struct text *t, enum outcome outcome)
{
    switch (outcome) {
    case OUTCOME_PASSED:
        append_word(t, "passed", "✓", "passed");
        break;
    case OUTCOME_FINDING:
        append_word(t, "finding", "✗", "finding");
        break;
    case OUTCOME_ERROR:
        append_word(t, "error", "!", "error");
        break;
    case OUTCOME_NOT_RUN:
        append_word(t, "not-run", "–", "not run");
        break;
    }
}

void html_begin_header(struct text *t, enum verdict verdict)
{
    text_append_format(t, "<header class=\"%s\">\n",
                       verdict == VERDICT_PASSED     ? "good"
                       : verdict == VERDICT_FINDINGS ? "bad"
                                                     : "doubt");
}

void html_append_verdict(struct text *t, enum verdict verdict)
{
    static const struct {
        const char *class, *mark;
    } looks[] = {[VERDICT_PASSED] = {"passed", "✓"},
                 [VERDICT_FINDINGS] = {"findings", "✗"},
                 [VERDICT_UNCHECKED] = {"could-not-check", "!"}};
    append_word(t, looks[verdict].class, looks[verdict].mark, verdict_name(verdict));
}

void html_append_proof(struct text *t, enum proof proof)
{
    static const struct {
        const char *class, *mark;
    } looks[] = {[PROOF_PROVEN] = {"proven", "✓"},
                 [PROOF_FAILED] = {"failed", "✗"},
                 [PROOF_NOT_RUN] = {"not-run", "–"},
                 [PROOF_UNCOVERED] = {"not-run", "–"}};
    append_word(t, looks[proof].class, looks[proof].mark, proof_name(proof));
}

void html_append_run_error(struct text *t, const struct run_record *r)
{
    if (!r->error)
        return;
    text_append(t, "<article class=\"error\"><h3>The run could not be completed</h3><p>");
    html_append_line(t, r->error);
    text_append(t, "</p></article>\n");
}

/* What the check has to say beyond message and remedy, folded away; nothing if there is none. */
static void append_evidence(struct text *t, const struct check *c)
{
    struct report_evidence evidence[EVIDENCE_COUNT];
    size_t count = evidence_of(c, evidence);
    bool open = false;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(evidence[i].name, "message") == 0 || strcmp(evidence[i].name, "remedy") == 0)
            continue;
        if (!open)
            text_append(t, "<details><summary>Evidence</summary>\n<dl>\n");
        open = true;
        text_append_format(t, "<dt>%s</dt><dd><pre>", evidence[i].name);
        char *valid = evidence_text(&evidence[i], EVIDENCE_LIMIT);
        append_escaped(t, valid);
        free(valid);
        text_append(t, "</pre></dd>\n");
    }
    if (open)
        text_append(t, "</dl>\n</details>\n");
}

static void append_seen(struct text *t, const struct cause *cause)
{
    struct text scenarios = {0};
    char *name = check_full_name(cause->places[0].step, cause->places[0].check);
    cause_append_scenarios(&scenarios, cause, 0);
    text_append(t, "<p class=\"soft\">in ");
    append_escaped(t, text_string(&scenarios));
    text_append(t, " · ");
    html_append_line(t, name);
    text_append(t, "</p>\n");
    free(name);
    text_release(&scenarios);
}

static void append_remark_word(struct text *t, enum check_level level)
{
    bool warns = level == LEVEL_WARNING;
    append_word(t, warns ? "error" : "not-run", warns ? "!" : "–", check_level_name(level));
}

/* The heading: how grave, and where. */
static void append_cause_heading(struct text *t, const struct check *c)
{
    struct text place = {0};
    text_append(t, "<h3>");
    if (c->level == LEVEL_FINDING)
        html_append_outcome(t, c->outcome);
    else
        append_remark_word(t, c->level);
    check_append_place(&place, c);
    if (place.length) {
        text_append(t, " <code>");
        append_escaped(t, text_string(&place));
        text_append(t, "</code>");
    }
    text_append(t, "</h3>\n");
    text_release(&place);
}

static void append_cause(struct text *t, const struct cause *cause, bool with_evidence)
{
    const struct check *c = cause->places[0].check;
    const char *class = c->outcome == OUTCOME_FINDING ? "finding"
                        : c->level == LEVEL_NOTE      ? "not-run"
                                                      : "error";
    text_append_format(t, "<article class=\"%s\">\n", class);
    append_cause_heading(t, c);
    text_append(t, "<p>");
    html_append_line(t, c->message);
    text_append(t, "</p>\n");
    if (c->remedy && *c->remedy) {
        text_append(t, "<p><strong>What to do:</strong> ");
        html_append_line(t, c->remedy);
        text_append(t, "</p>\n");
    }
    append_seen(t, cause);
    if (with_evidence)
        append_evidence(t, c);
    text_append(t, "</article>\n");
}

static void append_causes(struct text *t, struct causes *causes, bool with_evidence)
{
    for (size_t i = 0; i < causes->count; i++)
        append_cause(t, &causes->items[i], with_evidence);
    causes_release(causes);
}

void html_append_complaints(struct text *t, const struct run_record *r, bool with_evidence)
{
    struct causes causes;
    causes_of_outcome(&causes, r, OUTCOME_FINDING);
    append_causes(t, &causes, with_evidence);
    causes_of_outcome(&causes, r, OUTCOME_ERROR);
    append_causes(t, &causes, with_evidence);
}

void html_append_remarks(struct text *t, const struct run_record *r)
{
    struct causes causes;
    causes_of_level(&causes, r, LEVEL_WARNING);
    append_causes(t, &causes, true);
    causes_of_level(&causes, r, LEVEL_NOTE);
    append_causes(t, &causes, true);
}
