/*
 * The run for a person who follows a runbook: a line as each step ends, with what counts against
 * it; what the run has to say meanwhile goes to the side.
 */
#include "base/valid_text.h"
#include "reports/reporter.h"
#include "reports/terminal.h"

struct step_state {
    FILE *out, *progress; /* either may be NULL */
    struct terminal read, seen;
    bool failed; /* `out` could not be written */
};

/* The gravest of its checks; a step without any has passed. NULL: nothing in it ran. */
static const struct check *gravest(const struct step *step, enum outcome *outcome)
{
    const struct check *found = NULL;
    *outcome = step->check_count ? OUTCOME_NOT_RUN : OUTCOME_PASSED;
    for (size_t i = 0; i < step->check_count; i++)
        if (step->checks[i].outcome > *outcome) {
            found = &step->checks[i];
            *outcome = found->outcome;
        }
    return found;
}

static const char *word_of(enum outcome outcome)
{
    switch (outcome) {
    case OUTCOME_PASSED:
        return "done";
    case OUTCOME_FINDING:
        return "failed";
    case OUTCOME_ERROR:
        return "unchecked";
    case OUTCOME_NOT_RUN:
        break;
    }
    return "not run";
}

static void step_ends(struct step_state *s, const struct step *step)
{
    enum outcome outcome;
    const struct check *check = gravest(step, &outcome);
    if (!s->out || outcome == OUTCOME_NOT_RUN)
        return;
    struct text line = {0};
    char *title = valid_line(step->title);
    const char *said = !check ? NULL : check->message ? check->message : check->detail;
    char *message = valid_line(said ? said : "");
    text_append_format(&line, "%-9s ", word_of(outcome));
    append_padded(&line, title, 20, false);
    text_append_format(&line, " %6.1f s%s%s", step->seconds, *message ? "  " : "", message);
    terminal_print_line(&s->read, s->out, text_string(&line));
    s->failed = s->failed || ferror(s->out);
    free(message);
    free(title);
    text_release(&line);
}

static void open_steps(void *state, const struct report_place *place)
{
    struct step_state *s = state;
    s->out = place->out;
    s->progress = place->progress;
    s->read = terminal_of(place->out ? place->out : place->progress);
    s->seen = terminal_of(place->progress ? place->progress : place->out);
}

static void hear(void *state, const struct event *event)
{
    struct step_state *s = state;
    if (event->kind == EVENT_STEP_ENDS)
        step_ends(s, event->step);
    else if (event->kind == EVENT_MESSAGE)
        terminal_print_message(&s->seen, s->progress, event->text);
}

static bool close_steps(void *state)
{
    const struct step_state *s = state;
    return !s->failed;
}

const struct reporter steps_reporter = {.name = "steps",
                                        .summary = "a line for each step, as it ends",
                                        .state_size = sizeof(struct step_state),
                                        .open = open_steps,
                                        .hear = hear,
                                        .close = close_steps};
