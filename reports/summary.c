#include "reports/summary.h"

#include "base/memory.h"
#include "base/valid_text.h"
#include "record/verdict.h"
#include "reports/cost_sentence.h"
#include "reports/evidence.h"
#include "reports/figure.h"

static const struct {
    const char *ink, *mark;
} looks[] = {[VERDICT_PASSED] = {INK_GOOD, "✓"},
             [VERDICT_FINDINGS] = {INK_BAD, "✗"},
             [VERDICT_UNCHECKED] = {INK_DOUBT, "?"}};

struct page {
    struct text *out;
    const struct terminal *terminal;
};

/* Ends the line under construction, and empties it for the next. */
static void end_line(const struct page *p, struct text *line)
{
    terminal_append_line(p->terminal, p->out, text_string(line), 0);
    text_append(p->out, "\n");
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
    append_padded(line, text_string(&time), 12, true);
    if (verdict != VERDICT_PASSED)
        text_append_format(line, "   %s%s" INK_END " " INK_SOFT "(%s)" INK_END, looks[verdict].ink,
                           verdict_name(verdict), text_string(&shortfall));
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
        summary_append_scenario(&line, &r->scenarios[i], columns);
        end_line(p, &line);
    }
    text_release(&line);
}

static void append_measurement(const struct page *p, const struct measurement *m)
{
    bool over = m->limit > 0 && m->value > m->limit;
    struct text line = {0}, value = {0};
    char *name = valid_line(m->name);
    figure_append(&value, m->value, m->unit);
    text_append(&line, "    ");
    append_padded(&line, name, 48, false);
    text_append_format(&line, " %s", over ? INK_BAD : "");
    append_padded(&line, text_string(&value), 14, true);
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
            text_append_format(&line, INK_BOLD "cost" INK_END " of %s: ", name);
            cost_append_sentence(&sentence, r->scenarios[i].cost);
            end_sentence(p, &line, &sentence);
            free(name);
        }
    if (r->forecast) {
        text_append(&line, INK_BOLD "forecast" INK_END ": ");
        forecast_append_sentence(&sentence, r->forecast);
        end_sentence(p, &line, &sentence);
    }
    if (r->trend_count) {
        text_append_format(&line, "%strend" INK_END ": ", trends_are_worse(r) ? INK_BAD : INK_BOLD);
        trends_append_sentence(&sentence, r);
        end_sentence(p, &line, &sentence);
    }
    if (p->out->length == length + 1) /* nothing was asked */
        p->out->data[p->out->length = length] = '\0';
    text_release(&line);
}

void summary_append_check(struct text *line, const struct scenario_record *s,
                          const struct step *step, const struct check *check)
{
    char *scenario = valid_line(s->name);
    char *name = check_full_name(step, check);
    char *message = valid_line(check->message);
    char *remedy = valid_line(check->remedy);
    text_append_format(line, "%s%-8s" INK_END " %s · %s",
                       check->outcome == OUTCOME_FINDING ? INK_BAD : INK_DOUBT,
                       outcome_name(check->outcome), scenario, name);
    if (*message)
        text_append_format(line, ": %s", message);
    if (*remedy)
        text_append_format(line, " " INK_BOLD "→" INK_END " %s", remedy);
    free(scenario);
    free(name);
    free(message);
    free(remedy);
}

static void append_checks(const struct page *p, const struct run_record *r, enum outcome outcome)
{
    struct text line = {0};
    for (size_t i = 0; i < r->scenario_count; i++)
        for (size_t j = 0; j < r->scenarios[i].step_count; j++) {
            const struct step *step = &r->scenarios[i].steps[j];
            for (size_t k = 0; k < step->check_count; k++)
                if (step->checks[k].outcome == outcome) {
                    summary_append_check(&line, &r->scenarios[i], step, &step->checks[k]);
                    end_line(p, &line);
                }
        }
    text_release(&line);
}

/* Why the first of the scenario's checks that did not run did not; "" when nobody said. */
static const char *why_not_run(const struct scenario_record *s)
{
    for (size_t i = 0; i < s->step_count; i++)
        for (size_t j = 0; j < s->steps[i].check_count; j++) {
            const struct check *c = &s->steps[i].checks[j];
            if (c->outcome == OUTCOME_NOT_RUN && c->message)
                return c->message;
        }
    return "";
}

static void append_not_run(const struct page *p, const struct run_record *r)
{
    struct text line = {0};
    for (size_t i = 0; i < r->scenario_count; i++) {
        const struct scenario_record *s = &r->scenarios[i];
        size_t count = scenario_count_outcome(s, OUTCOME_NOT_RUN);
        if (count == 0)
            continue;
        char *name = valid_line(s->name);
        char *why = valid_line(why_not_run(s));
        text_append_format(&line, INK_DOUBT "%-8s" INK_END " %s · ", outcome_name(OUTCOME_NOT_RUN),
                           name);
        figure_append_count(&line, count, "check");
        text_append_format(&line, "%s%s", *why ? ": " : "", why);
        end_line(p, &line);
        free(name);
        free(why);
    }
    text_release(&line);
}

static void append_run_error(const struct page *p, const struct run_record *r)
{
    struct text line = {0};
    char *shortfall = run_shortfall(r);
    if (shortfall) {
        text_append_format(&line, INK_DOUBT "%-8s" INK_END " %s", outcome_name(OUTCOME_ERROR),
                           shortfall);
        end_line(p, &line);
    }
    text_release(&line);
    free(shortfall);
}

void summary_append(struct text *out, const struct terminal *terminal, const struct run_record *r,
                    bool scenarios)
{
    struct text wrong = {0}, line = {0};
    struct page p = {out, terminal}, within = {&wrong, terminal};
    enum verdict verdict = verdict_of_run(r);
    if (scenarios)
        append_scenarios(&p, r);
    append_measurements(&p, r);
    append_costs(&p, r);
    append_checks(&within, r, OUTCOME_FINDING);
    append_checks(&within, r, OUTCOME_ERROR);
    append_not_run(&within, r);
    append_run_error(&within, r);
    if (wrong.length)
        text_append_format(out, "\n%s", text_string(&wrong));
    text_append_format(&line, "%s" INK_BOLD, looks[verdict].ink);
    verdict_append_run(&line, r);
    text_append(&line, INK_END);
    text_append(out, "\n");
    end_line(&p, &line);
    text_release(&wrong);
    text_release(&line);
}

bool summary_print(const struct report_place *place, const struct terminal *terminal,
                   const struct run_record *r, bool scenarios)
{
    struct text t = {0};
    summary_append(&t, terminal, r, scenarios);
    size_t written = fwrite(text_string(&t), 1, t.length, place->out);
    bool good = written == t.length && fflush(place->out) == 0;
    text_release(&t);
    return good;
}
