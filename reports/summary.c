#include "reports/summary.h"

#include <unistd.h>

#include "base/memory.h"
#include "base/valid_text.h"
#include "record/verdict.h"
#include "reports/cost_sentence.h"
#include "reports/evidence.h"
#include "reports/figure.h"
#include "reports/summary_causes.h"

static const struct {
    const char *ink, *mark;
} looks[] = {[VERDICT_PASSED] = {INK_GOOD, "✓"},
             [VERDICT_FINDINGS] = {INK_BAD, "✗"},
             [VERDICT_UNCHECKED] = {INK_DOUBT, "?"}};

/* For the name of what was measured; value and limit take 31 more. */
enum { MEASURE_COLUMNS = 47, FIGURE_COLUMNS = 31, LEAST_COLUMNS = 16 };

struct page {
    struct text *out;
    const struct terminal *terminal;
};

/* Ends the line under construction, and empties it for the next. */
static void end_line(const struct page *p, struct text *line)
{
    terminal_append_wrapped(p->terminal, p->out, text_string(line), 4);
    text_clear(line);
}

size_t summary_name_columns(const struct run_record *r)
{
    size_t widest = 0;
    for (size_t i = 0; i < r->scenario_count; i++) {
        char *name = valid_line(r->scenarios[i].name);
        size_t columns = display_columns(name);
        widest = columns > widest ? columns : widest;
        free(name);
    }
    return widest < 32 ? widest : 32;
}

bool summary_shows_scenario(const struct scenario_record *s)
{
    return !s->revision || scenario_count_outcome(s, OUTCOME_NOT_RUN) < scenario_count_checks(s);
}

void summary_append_scenario(struct text *line, const struct scenario_record *s, size_t columns)
{
    enum verdict verdict = verdict_of_scenario(s);
    char *name = valid_line(s->name);
    struct text time = {0}, shortfall = {0};
    char *counts = memory_format("%zu/%zu checks", scenario_count_outcome(s, OUTCOME_PASSED),
                                 scenario_count_checks(s));
    if (s->seconds > 0)
        figure_append_duration(&time, s->seconds);
    verdict_append_shortfall(&shortfall, s);
    text_append_format(line, "%s%s" INK_END " ", looks[verdict].ink, looks[verdict].mark);
    append_padded(line, name, columns, false);
    text_append(line, "  ");
    append_padded(line, counts, 14, true);
    text_append(line, "  ");
    append_padded(line, text_string(&time), 10, true);
    if (verdict != VERDICT_PASSED)
        text_append_format(line, "  %s%s" INK_END, looks[verdict].ink,
                           shortfall.length ? text_string(&shortfall) : verdict_name(verdict));
    if (s->retries)
        text_append_format(line, "  " INK_SOFT "tried %zu times" INK_END, s->retries + 1);
    free(name);
    free(counts);
    text_release(&time);
    text_release(&shortfall);
}

static void append_scenarios(const struct page *p, const struct run_record *r)
{
    struct text line = {0};
    size_t columns = summary_name_columns(r);
    for (size_t i = 0; i < r->scenario_count; i++) {
        if (!summary_shows_scenario(&r->scenarios[i]))
            continue;
        summary_append_scenario(&line, &r->scenarios[i], columns);
        end_line(p, &line);
    }
    text_release(&line);
}

/* Less than usual on a terminal that has no room for it. */
static size_t measure_columns(const struct terminal *t)
{
    size_t room = t->columns > FIGURE_COLUMNS + LEAST_COLUMNS ? t->columns - FIGURE_COLUMNS - 1
                                                              : LEAST_COLUMNS;
    return t->live && room < MEASURE_COLUMNS ? room : MEASURE_COLUMNS;
}

/* A name with blanks up to `columns`, cut where a terminal has no more. */
static void append_cut(const struct page *p, struct text *line, const char *name, size_t columns)
{
    struct text cut = {0};
    const struct terminal plain = {.utf8 = true};
    terminal_append_line(&plain, &cut, name, p->terminal->live ? columns : 0);
    append_padded(line, text_string(&cut), columns, false);
    text_release(&cut);
}

static void append_measurement(const struct page *p, const struct measurement *m)
{
    bool over = m->limit > 0 && m->value > m->limit;
    struct text line = {0}, value = {0};
    char *name = valid_line(m->name);
    figure_append(&value, m->value, m->unit);
    text_append(&line, "    ");
    append_cut(p, &line, name, measure_columns(p->terminal));
    text_append_format(&line, " %s", over ? INK_BAD : "");
    append_padded(&line, text_string(&value), 12, true);
    text_append(&line, over ? INK_END : "");
    if (m->limit > 0) {
        text_append(&line, "   " INK_SOFT "limit ");
        figure_append(&line, m->limit, m->unit);
        text_append(&line, INK_END);
    }
    end_line(p, &line);
    free(name);
    text_release(&line);
    text_release(&value);
}

/* The first measurement with a limit, NULL if there is none: what the step is judged by. */
static const struct measurement *limited(const struct step *step)
{
    for (size_t i = 0; i < step->measurement_count; i++)
        if (step->measurements[i].limit > 0)
            return &step->measurements[i];
    return NULL;
}

struct place {
    const struct scenario_record *scenario;
    const struct step *step;
    double value;
};

/* Rather a step that tells what its time went into, and of these the longest. */
static bool is_more_telling(const struct place *a, const struct place *b)
{
    bool a_tells = a->step->measurement_count > 1;
    bool b_tells = b->step && b->step->measurement_count > 1;
    if (!b->step || a_tells != b_tells)
        return !b->step || a_tells;
    return a->value > b->value;
}

/* The step that took longest, by what it is judged by. */
static struct place find_longest(const struct run_record *r)
{
    struct place longest = {0};
    for (size_t i = 0; i < r->scenario_count; i++)
        for (size_t j = 0; j < r->scenarios[i].step_count; j++) {
            const struct step *step = &r->scenarios[i].steps[j];
            const struct measurement *m = limited(step);
            struct place here = {&r->scenarios[i], step, m ? m->value : 0};
            if (m && is_more_telling(&here, &longest))
                longest = here;
        }
    return longest;
}

/* What the time went into, where it was most. The reports have all measurements. */
static void append_measurements(const struct page *p, const struct run_record *r)
{
    struct place longest = find_longest(r);
    struct text line = {0};
    if (!longest.step)
        return;
    char *scenario = valid_line(longest.scenario->name), *step = valid_line(longest.step->title);
    text_append(p->out, "\n");
    text_append_format(&line, "Longest: %s, in %s", step, scenario);
    end_line(p, &line);
    for (size_t i = 0; i < longest.step->measurement_count; i++)
        append_measurement(p, &longest.step->measurements[i]);
    free(step);
    free(scenario);
    text_release(&line);
}

static void end_sentence(const struct page *p, struct text *line, struct text *sentence)
{
    text_append(line, text_string(sentence));
    text_release(sentence);
    end_line(p, line);
}

/* What the migration costs, costs elsewhere, and cost before: a line each. */
static void append_costs(const struct page *p, const struct run_record *r)
{
    struct text line = {0}, sentence = {0};
    size_t length = p->out->length;
    text_append(p->out, "\n");
    for (size_t i = 0; i < r->scenario_count; i++)
        if (r->scenarios[i].cost) {
            char *name = valid_line(r->scenarios[i].name);
            text_append_format(&line, INK_BOLD "Cost" INK_END " (scenario %s): ", name);
            cost_append_sentence(&sentence, r->scenarios[i].cost);
            end_sentence(p, &line, &sentence);
            free(name);
        }
    if (r->forecast) {
        text_append(&line, INK_BOLD "Forecast" INK_END ": ");
        forecast_append_sentence(&sentence, r->forecast);
        end_sentence(p, &line, &sentence);
    }
    if (r->trend_count) {
        text_append_format(&line, "%sTrend" INK_END ": ", trends_are_worse(r) ? INK_BAD : INK_BOLD);
        trends_append_sentence(&sentence, r);
        end_sentence(p, &line, &sentence);
    }
    if (p->out->length == length + 1) /* nothing was asked */
        p->out->data[p->out->length = length] = '\0';
    text_release(&line);
}

/* Where to read on; the eye is at the end. */
static void append_places(const struct page *p, const char *folder)
{
    struct text line = {0};
    char *report = memory_format("%s/report.html", folder),
         *logs = memory_format("%s/logs", folder);
    text_append_format(&line, "Report: %s", report);
    if (access(report, R_OK) == 0)
        end_line(p, &line);
    text_clear(&line);
    text_append_format(&line, "Logs:   %s/", logs);
    if (access(logs, R_OK) == 0)
        end_line(p, &line);
    free(report);
    free(logs);
    text_release(&line);
}

void summary_append(struct text *out, const struct terminal *terminal, const struct run_record *r,
                    bool scenarios, const char *folder)
{
    struct text wrong = {0}, line = {0};
    struct page p = {out, terminal};
    enum verdict verdict = verdict_of_run(r);
    if (scenarios)
        append_scenarios(&p, r);
    append_measurements(&p, r);
    append_costs(&p, r);
    summary_append_causes(&wrong, terminal, r);
    if (wrong.length)
        text_append_format(out, "\n%s", text_string(&wrong));
    text_append_format(&line, "%s" INK_BOLD, looks[verdict].ink);
    verdict_append_run(&line, r);
    text_append(&line, INK_END);
    text_append(out, "\n");
    end_line(&p, &line);
    if (folder)
        append_places(&p, folder);
    text_release(&wrong);
    text_release(&line);
}

bool summary_print(const struct report_place *place, const struct terminal *terminal,
                   const struct run_record *r, bool scenarios)
{
    struct text t = {0};
    summary_append(&t, terminal, r, scenarios, place->folder);
    size_t written = fwrite(text_string(&t), 1, t.length, place->out);
    bool good = written == t.length && fflush(place->out) == 0;
    text_release(&t);
    return good;
}
