/*
 * The run for a person who reads it in a log: a plain line when a scenario ends, and the summary
 * when the run has ended.
 */
#include <sys/stat.h>

#include "reports/reporter.h"
#include "reports/summary.h"

struct line_state {
    struct report_place place;
    struct terminal seen, read; /* of the place's progress; of its results */
    size_t name_columns;
    size_t scenarios_ended;
    bool failed; /* the results could not be written */
};

static void scenario_ends(struct line_state *l, const struct scenario_record *scenario)
{
    struct text line = {0};
    if (!l->place.progress || !l->place.out)
        return;
    l->scenarios_ended++;
    if (!summary_shows_scenario(scenario))
        return;
    summary_append_scenario(&line, scenario, l->name_columns);
    terminal_print_line(&l->seen, l->place.progress, text_string(&line));
    text_release(&line);
}

/* Whether what goes to either ends in the same file: what one has shown, the other need not. */
static bool is_same(FILE *a, FILE *b)
{
    struct stat of_a, of_b;
    return a && b && fstat(fileno(a), &of_a) == 0 && fstat(fileno(b), &of_b) == 0 &&
           of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

static void run_ends(struct line_state *l, const struct run_record *run)
{
    bool shown =
        l->scenarios_ended == run->scenario_count && is_same(l->place.progress, l->place.out);
    if (l->place.out)
        l->failed = !summary_print(&l->place, &l->read, run, !shown);
}

static void open_lines(void *state, const struct report_place *place)
{
    struct line_state *l = state;
    l->place = *place;
    l->seen = terminal_of(place->progress ? place->progress : place->out);
    l->read = terminal_of(place->out ? place->out : place->progress);
}

static void hear(void *state, const struct event *event)
{
    struct line_state *l = state;
    if (event->kind == EVENT_RUN_BEGINS)
        l->name_columns = summary_name_columns(event->run);
    else if (event->kind == EVENT_SCENARIO_ENDS)
        scenario_ends(l, event->scenario);
    else if (event->kind == EVENT_MESSAGE)
        terminal_print_message(&l->seen, l->place.progress, event->text);
    else if (event->kind == EVENT_RUN_ENDS)
        run_ends(l, event->run);
}

static bool close_lines(void *state)
{
    const struct line_state *l = state;
    return !l->failed;
}

const struct reporter lines_reporter = {.name = "lines",
                                        .summary = "plain lines, for a log",
                                        .state_size = sizeof(struct line_state),
                                        .open = open_lines,
                                        .hear = hear,
                                        .close = close_lines};
