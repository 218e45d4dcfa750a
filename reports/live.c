/*
 * The run for a person at a terminal: one line for each running scenario, redrawn in place, and the
 * summary when the run has ended.
 */
#include "base/memory.h"
#include "base/valid_text.h"
#include "reports/figure.h"
#include "reports/live_view.h"
#include "reports/reporter.h"
#include "reports/summary.h"

struct live {
    struct report_place place;
    struct terminal seen, read; /* of the place's progress; of its results */
    struct live_view view;
    bool drawing;
    const struct run_record *run;
    size_t checks, checks_ended, scenarios_ended;
    size_t name_columns;
    size_t *findings;          /* of each scenario, so far */
    const struct step **steps; /* which each scenario is at */
    bool failed;               /* the results could not be written */
};

static size_t index_of(const struct live *l, const struct scenario_record *s)
{
    return (size_t)(s - l->run->scenarios);
}

/* A line that stays, valid text with marks. */
static void print_line(struct live *l, const char *line)
{
    if (l->drawing)
        live_view_print(&l->view, line);
    else
        terminal_print_line(&l->seen, l->place.progress, line);
}

static void draw_footer(struct live *l)
{
    if (!l->drawing || !l->checks)
        return;
    char *footer =
        memory_format(INK_SOFT "%zu of %zu scenarios · %zu of %zu checks" INK_END,
                      l->scenarios_ended, l->run->scenario_count, l->checks_ended, l->checks);
    live_view_foot(&l->view, footer);
    free(footer);
}

/* "3/7 upgrade to 002 · copying rows 45 %": where a scenario is. */
static void draw_line(struct live *l, const struct scenario_record *s, const char *progress)
{
    size_t index = index_of(l, s);
    const struct step *step = l->steps[index];
    struct text line = {0};
    if (!l->drawing || !step)
        return;
    char *title = valid_line(step->title);
    if (l->findings[index]) {
        text_append(&line, INK_BAD);
        figure_append_count(&line, l->findings[index], "finding");
        text_append(&line, INK_END " · ");
    }
    text_append_format(&line, INK_SOFT "%zu/%zu" INK_END " %s", (size_t)(step - s->steps) + 1,
                       s->step_count, title);
    if (*progress)
        text_append_format(&line, INK_SOFT " · %s" INK_END, progress);
    live_view_tell(&l->view, index, text_string(&line), !*progress);
    free(title);
    text_release(&line);
}

static void run_begins(struct live *l, const struct run_record *run)
{
    l->run = run;
    l->name_columns = summary_name_columns(run);
    l->checks = record_count_checks(run);
    l->findings = memory_zeroed(run->scenario_count, sizeof *l->findings);
    l->steps = memory_zeroed(run->scenario_count, sizeof *l->steps);
    l->drawing =
        l->seen.live && live_view_start(&l->view, l->place.progress, l->seen, l->name_columns);
    draw_footer(l);
}

static void scenario_begins(struct live *l, const struct scenario_record *scenario)
{
    if (!l->drawing)
        return;
    char *name = valid_line(scenario->name);
    live_view_begin(&l->view, index_of(l, scenario), name);
    free(name);
}

static void check_ends(struct live *l, const struct scenario_record *scenario,
                       const struct check *check)
{
    l->checks_ended++;
    if (l->run->open_ended)
        l->checks = record_count_checks(l->run);
    l->findings[index_of(l, scenario)] += check->outcome == OUTCOME_FINDING;
    draw_line(l, scenario, "");
    draw_footer(l);
}

static void progress(struct live *l, const struct event *event)
{
    struct text t = {0};
    if (!l->drawing)
        return;
    char *valid = valid_line(event->text);
    text_append_format(&t, "%s ", valid);
    free(valid);
    if (event->total > 0) {
        figure_append_decimal(&t, 100 * event->done / event->total, 0);
        text_append(&t, " %");
    } else
        figure_append(&t, event->done, "");
    draw_line(l, event->scenario, text_string(&t));
    text_release(&t);
}

static void scenario_ends(struct live *l, const struct scenario_record *scenario)
{
    struct text line = {0};
    l->scenarios_ended++;
    summary_append_scenario(&line, scenario, l->name_columns);
    draw_footer(l);
    if (l->drawing)
        live_view_end(&l->view, index_of(l, scenario),
                      summary_shows_scenario(scenario) ? text_string(&line) : NULL);
    else if (summary_shows_scenario(scenario))
        print_line(l, text_string(&line));
    text_release(&line);
}

static void message(struct live *l, const char *line)
{
    char *valid = valid_line(line);
    print_line(l, valid);
    free(valid);
}

static void run_ends(struct live *l, const struct run_record *run)
{
    /* the lines above are the table of the scenarios, unless some never ended */
    bool shown = l->drawing && l->read.live && l->scenarios_ended == run->scenario_count;
    live_view_stop(&l->view);
    l->drawing = false;
    if (l->place.out)
        l->failed = !summary_print(&l->place, &l->read, run, !shown);
}

static void open_view(void *state, const struct report_place *place)
{
    struct live *l = state;
    l->place = *place;
    l->seen = terminal_of(place->progress);
    l->read = place->out ? terminal_of(place->out) : l->seen;
}

static void hear(void *state, const struct event *event)
{
    struct live *l = state;
    switch (event->kind) {
    case EVENT_RUN_BEGINS:
        run_begins(l, event->run);
        break;
    case EVENT_SCENARIO_BEGINS:
        scenario_begins(l, event->scenario);
        break;
    case EVENT_STEP_BEGINS:
        l->steps[index_of(l, event->scenario)] = event->step;
        draw_line(l, event->scenario, "");
        break;
    case EVENT_CHECK_ENDS:
        check_ends(l, event->scenario, event->check);
        break;
    case EVENT_PROGRESS:
        progress(l, event);
        break;
    case EVENT_SCENARIO_ENDS:
        scenario_ends(l, event->scenario);
        break;
    case EVENT_MESSAGE:
        message(l, event->text);
        break;
    case EVENT_RUN_ENDS:
        run_ends(l, event->run);
        break;
    case EVENT_CHECK_BEGINS:
    case EVENT_STEP_ENDS:
        break;
    }
}

/* Also ends a view that no end of a run has ended. */
static bool close_view(void *state)
{
    struct live *l = state;
    live_view_stop(&l->view);
    free(l->findings);
    free(l->steps);
    return !l->failed;
}

const struct reporter terminal_reporter = {.name = "terminal",
                                           .summary = "live progress, for a terminal",
                                           .state_size = sizeof(struct live),
                                           .open = open_view,
                                           .hear = hear,
                                           .close = close_view};
