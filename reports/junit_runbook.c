#include "reports/junit_runbook.h"

#include <stdlib.h>

#include "base/valid_text.h"
#include "record/terms.h"
#include "reports/cost_sentence.h"
#include "reports/evidence.h"
#include "reports/figure.h"

static void append_measurement(struct text *t, const struct measurement *m)
{
    text_append(t, "      ");
    valid_text_append(t, m->name, LINE_LIMIT);
    text_append(t, ": ");
    figure_append(t, m->value, m->unit);
    if (m->limit > 0) {
        text_append(t, ", limit ");
        figure_append(t, m->limit, m->unit);
    }
    text_append(t, "\n");
}

static void append_remark(struct text *t, const struct check *c)
{
    char *message = valid_line(c->message);
    text_append_format(t, "      %s: %s\n", check_level_name(c->level), message);
    free(message);
}

static void append_step(struct text *t, const struct step *step, size_t number, bool with_remarks)
{
    char *title = valid_line(step->title);
    text_append_format(t, "%4zu. %s: ", number, title);
    figure_append_duration(t, step->seconds);
    text_append(t, "\n");
    for (size_t i = 0; i < step->measurement_count; i++)
        append_measurement(t, &step->measurements[i]);
    for (size_t i = 0; with_remarks && i < step->check_count; i++)
        if (step->checks[i].message && step->checks[i].level != LEVEL_FINDING)
            append_remark(t, &step->checks[i]);
    free(title);
}

void junit_runbook_append(struct text *t, const struct scenario_record *s, bool with_remarks)
{
    for (size_t i = 0; i < s->step_count; i++)
        append_step(t, &s->steps[i], i + 1, with_remarks);
    if (s->retries) {
        retries_append(t, s);
        text_append(t, "\n");
    }
    if (s->cost) {
        text_append(t, "cost: ");
        cost_append_sentence(t, s->cost);
        text_append(t, "\n");
    }
}
