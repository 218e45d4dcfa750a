/*
 * TAP version 13 (Test Anything Protocol, testanything.org/tap-version-13-specification.html), as
 * `prove` takes it: the plan first, one line a check, and below it a YAML block with what the check
 * has to say. A check that did not run is "not ok"; only one that would have been no reason against
 * the migration is a SKIP. A scenario without checks, and a
 * run that failed as a whole, are "not ok" too, so that nobody takes them for success.
 *
 * The YAML is such that both a YAML 1.1 parser and prove's own small reader take it: keys are
 * words, a text is in double quotes with no escape but \\ \" \n \t, or a plain literal block.
 */
#include "base/memory.h"
#include "record/verdict.h"
#include "reports/evidence.h"
#include "reports/reporter.h"
#include "reports/summary_causes.h"
#include "reports/tap_line.h"

static const char no_checks[] = "the scenario has no checks, so it proves nothing";

/* A scenario without checks takes a line too. */
static size_t planned_lines(const struct scenario_record *s)
{
    size_t checks = scenario_count_checks(s);
    return checks ? checks : 1;
}

static void append_scenario(struct text *t, const struct scenario_record *s, size_t *number)
{
    tap_append_heading(t, s);
    if (scenario_count_checks(s) == 0)
        tap_append_failure(t, ++*number, s->name, no_checks);
    for (size_t i = 0; i < s->step_count; i++) {
        for (size_t j = 0; j < s->steps[i].check_count; j++)
            tap_append_check(t, ++*number, &s->steps[i], &s->steps[i].checks[j]);
        tap_append_measurements(t, &s->steps[i]);
    }
    tap_append_cost(t, s);
}

/* One scenario as a document of its own. */
static void render_scenario(struct text *t, const struct scenario_record *s)
{
    size_t number = 0;
    text_append_format(t, "TAP version 13\n1..%zu\n", planned_lines(s));
    append_scenario(t, s, &number);
    text_append(t, "# ");
    verdict_append_scenario(t, s);
    text_append(t, "\n");
}

/*
 * A run as one document, while it goes on. A run of one scenario streams each check as it ends;
 * with several, the lines of a scenario come together when it has ended. The plan comes first, or
 * last where the run is open-ended, as TAP allows.
 */
struct tap {
    FILE *out, *diagnostics; /* the second may be NULL */
    const struct run_record *run;
    size_t lines;        /* test lines written so far: the last number given */
    bool *scenario_told; /* for each scenario, whether its lines are written */
    bool *check_told;    /* of the only scenario, for each check in planned order */
    size_t check_count;  /* of these; more come while an open-ended run goes on */
    size_t steps_told;   /* of the only scenario: how many have told their measurements */
    bool failed;         /* `out` could not be written */
};

static void emit(struct tap *t, struct text *lines)
{
    size_t written = fwrite(text_string(lines), 1, lines->length, t->out);
    if (written != lines->length || fflush(t->out) != 0)
        t->failed = true;
    text_release(lines);
}

static bool streams(const struct tap *t)
{
    return t->run && t->run->scenario_count == 1;
}

static size_t planned_total(const struct run_record *run)
{
    size_t total = 0;
    for (size_t i = 0; i < run->scenario_count; i++)
        total += planned_lines(&run->scenarios[i]);
    return total;
}

static void run_begins(struct tap *t, const struct run_record *run)
{
    struct text lines = {0};
    size_t total = planned_total(run);
    t->run = run;
    t->scenario_told = memory_zeroed(run->scenario_count, sizeof *t->scenario_told);
    text_append(&lines, "TAP version 13\n");
    if (total && !run->open_ended)
        text_append_format(&lines, "1..%zu\n", total);
    if (streams(t))
        tap_append_heading(&lines, &run->scenarios[0]);
    emit(t, &lines);
}

/* Tells the measurements of the only scenario's first `count` steps, unless they are reported. */
static void tell_measurements(struct tap *t, struct text *lines, size_t count)
{
    for (; t->steps_told < count; t->steps_told++)
        tap_append_measurements(lines, &t->run->scenarios[0].steps[t->steps_told]);
}

static void step_begins(struct tap *t, const struct scenario_record *scenario,
                        const struct step *step)
{
    struct text lines = {0};
    if (!streams(t))
        return;
    tell_measurements(t, &lines, (size_t)(step - scenario->steps));
    emit(t, &lines);
}

/* There may have come more. */
static void count_checks(struct tap *t)
{
    size_t count = scenario_count_checks(&t->run->scenarios[0]);
    if (count <= t->check_count)
        return;
    t->check_told = memory_resized(t->check_told, count, sizeof *t->check_told);
    while (t->check_count < count)
        t->check_told[t->check_count++] = false;
}

/* Tells the only scenario's checks in planned order: all that are left, or just `only`. */
static void tell_checks(struct tap *t, struct text *lines, const struct check *only)
{
    const struct scenario_record *s = &t->run->scenarios[0];
    count_checks(t);
    bool *told = t->check_told;
    for (size_t i = 0; i < s->step_count; i++) {
        for (size_t j = 0; j < s->steps[i].check_count; j++, told++) {
            const struct check *check = &s->steps[i].checks[j];
            if (*told || (only && check != only))
                continue;
            *told = true;
            tap_append_check(lines, ++t->lines, &s->steps[i], check);
        }
        if (!only)
            tell_measurements(t, lines, i + 1);
    }
}

static void check_ends(struct tap *t, const struct check *check)
{
    struct text lines = {0};
    if (!streams(t))
        return;
    tell_checks(t, &lines, check);
    emit(t, &lines);
}

static void tell_scenario(struct tap *t, size_t index)
{
    struct text lines = {0};
    const struct scenario_record *s = &t->run->scenarios[index];
    if (t->scenario_told[index])
        return;
    t->scenario_told[index] = true;
    if (!streams(t))
        append_scenario(&lines, s, &t->lines);
    else if (scenario_count_checks(s) == 0)
        tap_append_failure(&lines, ++t->lines, s->name, no_checks);
    else
        tell_checks(t, &lines, NULL);
    if (streams(t))
        tap_append_cost(&lines, s);
    emit(t, &lines);
}

static void message(struct tap *t, const char *line)
{
    struct text lines = {0};
    if (!t->run)
        return; /* nothing may come before the version */
    tap_append_comment(&lines, line);
    emit(t, &lines);
}

static void run_ends(struct tap *t, const struct run_record *run)
{
    struct text lines = {0};
    if (!t->run)
        run_begins(t, run);
    char *shortfall = run_shortfall(run);
    if (shortfall && run->scenario_count)
        tap_append_comment(&lines, shortfall);
    emit(t, &lines);
    bool all_passed = t->run->scenario_count > 0;
    for (size_t i = 0; i < run->scenario_count; i++) {
        tell_scenario(t, i);
        all_passed &= verdict_of_scenario(&run->scenarios[i]) == VERDICT_PASSED;
    }
    if (run->scenario_count == 0)
        text_append_format(&lines, "Bail out! %s\n", shortfall ? shortfall : no_checks);
    else if (shortfall && all_passed) /* one line more than planned: no reader calls it a success */
        tap_append_failure(&lines, ++t->lines, "the run as a whole", shortfall);
    if (run->open_ended && run->scenario_count)
        text_append_format(&lines, "1..%zu\n", planned_total(run));
    tap_append_outlook(&lines, run);
    text_append(&lines, "# ");
    verdict_append_run(&lines, run);
    text_append(&lines, "\n");
    emit(t, &lines);
    free(shortfall);
}

/* What is wrong, on "#" lines beside the document: prove shows these, and no YAML. */
static void explain(const struct tap *t, const struct run_record *run)
{
    const struct terminal plain = {.utf8 = true};
    struct text lines = {0};
    if (!t->diagnostics || t->diagnostics == t->out)
        return;
    summary_append_causes(&lines, &plain, run);
    for (const char *line = text_string(&lines); *line;) {
        size_t length = strcspn(line, "\n");
        fprintf(t->diagnostics, "# %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
    fflush(t->diagnostics);
    text_release(&lines);
}

static void open_document(void *state, const struct report_place *place)
{
    struct tap *t = state;
    t->out = place->out;
    t->diagnostics = place->progress;
}

static void hear(void *state, const struct event *event)
{
    struct tap *t = state;
    switch (event->kind) {
    case EVENT_RUN_BEGINS:
        run_begins(t, event->run);
        break;
    case EVENT_STEP_BEGINS:
        step_begins(t, event->scenario, event->step);
        break;
    case EVENT_CHECK_ENDS:
        check_ends(t, event->check);
        break;
    case EVENT_SCENARIO_ENDS:
        if (t->run)
            tell_scenario(t, (size_t)(event->scenario - t->run->scenarios));
        break;
    case EVENT_MESSAGE:
        message(t, event->text);
        break;
    case EVENT_RUN_ENDS:
        run_ends(t, event->run);
        explain(t, event->run);
        break;
    case EVENT_SCENARIO_BEGINS:
    case EVENT_CHECK_BEGINS:
    case EVENT_STEP_ENDS:
    case EVENT_PROGRESS:
        break;
    }
}

static bool close_document(void *state)
{
    struct tap *t = state;
    free(t->scenario_told);
    free(t->check_told);
    return !t->failed;
}

const struct reporter tap_reporter = {.name = "tap",
                                      .summary = "TAP version 13, written during the run",
                                      .file = "SCENARIO.tap",
                                      .render_scenario = render_scenario,
                                      .state_size = sizeof(struct tap),
                                      .open = open_document,
                                      .hear = hear,
                                      .close = close_document};
