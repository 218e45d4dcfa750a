#include "reports/tap_line.h"

#include "base/valid_text.h"
#include "reports/causes.h"
#include "reports/cost_sentence.h"
#include "reports/evidence.h"
#include "reports/figure.h"

/* prove's reader of YAML matches a quoted text with a pattern that gives up beyond 32 k characters
 */
enum { YAML_LIMIT = 8192 };

/* An unescaped # could start a directive: "# TODO" would turn a failure into a success. */
static void append_description(struct text *t, const char *line)
{
    for (const char *s = line; *s; s++) {
        if (*s == '#' || *s == '\\')
            text_append(t, "\\");
        text_append_bytes(t, s, 1);
    }
}

static void append_test_line(struct text *t, bool ok, size_t number, const char *line)
{
    text_append_format(t, "%s %zu - ", ok ? "ok" : "not ok", number);
    append_description(t, line);
    text_append(t, "\n");
}

static void append_quoted(struct text *t, const char *string)
{
    text_append(t, "\"");
    for (const char *s = string; *s; s++) {
        if (*s == '\n')
            text_append(t, "\\n");
        else if (*s == '\t')
            text_append(t, "\\t");
        else
            text_append_format(t, *s == '"' || *s == '\\' ? "\\%c" : "%c", *s);
    }
    text_append(t, "\"");
}

/*
 * Whether a literal block shows the text as it is in every reader: several lines, each of them
 * starting with a visible ASCII character or, after the first, with blanks before one.
 */
static bool fits_block(const char *string)
{
    if (!strchr(string, '\n') || string[0] == ' ')
        return false;
    for (const char *line = string; line;) {
        const char *first = line + strspn(line, " ");
        if (*first <= ' ' || *first > '~') /* where char is signed, beyond ASCII is below it */
            return false;
        line = strchr(first, '\n');
        line += line ? 1 : 0;
    }
    return true;
}

static void append_block(struct text *t, const char *string)
{
    text_append(t, "|\n      ");
    for (const char *s = string; *s; s++) {
        text_append_bytes(t, s, 1);
        if (*s == '\n')
            text_append(t, "      ");
    }
}

static void append_evidence(struct text *t, const struct report_evidence *e)
{
    char *valid = evidence_text(e, YAML_LIMIT);
    text_append_format(t, "    %s: ", e->name);
    if (fits_block(valid))
        append_block(t, valid);
    else
        append_quoted(t, valid);
    text_append(t, "\n");
    free(valid);
}

static void append_line(struct text *t, const char *name, const char *line)
{
    append_evidence(t, &(struct report_evidence){name, line, true});
}

/* It has passed, and has not even a warning or a note. */
static bool says_nothing(const struct check *c)
{
    return c->outcome == OUTCOME_PASSED && (c->level == LEVEL_FINDING || !c->message);
}

static void append_diagnostics(struct text *t, const struct check *c)
{
    struct report_evidence evidence[EVIDENCE_COUNT];
    size_t count = says_nothing(c) ? 0 : evidence_of(c, evidence);
    struct text place = {0};
    text_append(t, "  ---\n");
    if (c->outcome != OUTCOME_PASSED)
        append_line(t, "outcome", outcome_name(c->outcome));
    if (c->level != LEVEL_FINDING && c->message)
        append_line(t, "level", check_level_name(c->level));
    check_append_place(&place, c);
    if (place.length)
        append_line(t, "place", text_string(&place));
    text_release(&place);
    for (size_t i = 0; i < count; i++)
        append_evidence(t, &evidence[i]);
    if (c->requirements[0])
        append_line(t, "requirements", c->requirements);
    if (c->seconds > 0) {
        text_append(t, "    duration_ms: ");
        figure_append_decimal(t, c->seconds * 1000, 3);
        text_append(t, "\n");
    }
    text_append(t, "  ...\n");
}

/* It did not run, and would have been no reason against the migration. */
static bool is_dispensable(const struct check *c)
{
    return c->outcome == OUTCOME_NOT_RUN && c->level != LEVEL_FINDING;
}

static void append_skip(struct text *t, size_t number, const char *name, const char *why)
{
    char *reason = valid_line(why);
    text_append_format(t, "ok %zu - ", number);
    append_description(t, name);
    text_append(t, " # SKIP ");
    append_description(t, reason);
    text_append(t, "\n");
    free(reason);
}

void tap_append_check(struct text *t, size_t number, const struct step *step,
                      const struct check *check)
{
    bool ok = check->outcome == OUTCOME_PASSED;
    char *name = check_full_name(step, check);
    if (is_dispensable(check)) {
        append_skip(t, number, name, check->message);
        free(name);
        return;
    }
    append_test_line(t, ok, number, name);
    free(name);
    if (!says_nothing(check) || check->requirements[0] || check->seconds > 0)
        append_diagnostics(t, check);
}

void tap_append_failure(struct text *t, size_t number, const char *what, const char *message)
{
    char *line = valid_line(what);
    append_test_line(t, false, number, line);
    free(line);
    text_append(t, "  ---\n");
    append_line(t, "outcome", outcome_name(OUTCOME_ERROR));
    append_line(t, "message", message);
    text_append(t, "  ...\n");
}

void tap_append_comment(struct text *t, const char *line)
{
    char *valid = valid_line(line);
    text_append_format(t, "# %s\n", valid);
    free(valid);
}

void tap_append_heading(struct text *t, const struct scenario_record *s)
{
    char *name = valid_line(s->name);
    char *title = valid_line(s->title);
    text_append_format(t, "# scenario %s: %s\n", name, title);
    free(name);
    free(title);
}

void tap_append_measurements(struct text *t, const struct step *step)
{
    for (size_t i = 0; i < step->measurement_count; i++) {
        const struct measurement *m = &step->measurements[i];
        char *name = valid_line(m->name);
        text_append_format(t, "# %s: %s ", strcmp(m->unit, "s") == 0 ? "time" : "measured", name);
        figure_append(t, m->value, m->unit);
        if (m->limit > 0) {
            text_append(t, ", limit ");
            figure_append(t, m->limit, m->unit);
        }
        text_append(t, "\n");
        free(name);
    }
}

static void append_sentence(struct text *t, const char *name, struct text *sentence)
{
    text_append_format(t, "# %s: %s\n", name, text_string(sentence));
    text_release(sentence);
}

void tap_append_cost(struct text *t, const struct scenario_record *s)
{
    struct text sentence = {0};
    if (s->retries) {
        retries_append(&sentence, s);
        append_sentence(t, "retried", &sentence);
    }
    if (!s->cost)
        return;
    cost_append_sentence(&sentence, s->cost);
    append_sentence(t, "cost", &sentence);
}

void tap_append_outlook(struct text *t, const struct run_record *r)
{
    struct text sentence = {0};
    if (r->forecast) {
        forecast_append_sentence(&sentence, r->forecast);
        append_sentence(t, "forecast", &sentence);
    }
    if (r->trend_count) {
        trends_append_sentence(&sentence, r);
        append_sentence(t, "trend", &sentence);
    }
}
