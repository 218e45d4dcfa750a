/* pgrehearse history: the recorded runs, and what their measurements did over time. */
#include "base/memory.h"
#include "commands/command.h"
#include "commands/history_text.h"
#include "commands/suite_arguments.h"
#include "reports/plots.h"

const struct option_spec command_history_options[] = {
    {"history", "FILE|URL", "the history that run --history recorded"},
    {"scenario", "NAME", "only measurements of this scenario"},
    {"measure", "PATTERN", "only measures with such a name: upgrade, 'step *', '*'"},
    {"migrator", "NAME", "only runs of this migrator"},
    {"last", "N", "this many of the newest runs (default: 50)"},
    {"format", "text|json|svg", "output format (default: text)"},
    {NULL, NULL, NULL}};

enum { USUAL_RUNS = 50, MOST_RUNS = 10000 };

static bool is_format(const char *format)
{
    return strcmp(format, "text") == 0 || strcmp(format, "json") == 0 || strcmp(format, "svg") == 0;
}

static bool read_filter(const struct suite_arguments *given, struct history_filter *f,
                        struct error *e)
{
    const struct arguments *a = &given->arguments;
    const char *where = arguments_value(a, "history");
    *f = (struct history_filter){.suite = given->suite->name,
                                 .migrator = arguments_value(a, "migrator"),
                                 .scenario = arguments_value(a, "scenario"),
                                 .measure = arguments_value(a, "measure"),
                                 .last = USUAL_RUNS};
    if (!where)
        return error_set(e, ERROR_USAGE, "give --history FILE|URL, the same as for run --history");
    if (!store_check_place(where, e))
        return error_prefix(e, "--history");
    if (!arguments_number(a, "last", &f->last, e))
        return false;
    return (f->last >= 1 && f->last <= MOST_RUNS) ||
           error_set(e, ERROR_USAGE, "--last: expected 1 to %d", MOST_RUNS);
}

/* The one series to draw, on the newest run's terms; an error if there are several, or none. */
static const struct trend *choose(const struct history_view *view, struct error *e)
{
    const struct trend *chosen = NULL;
    struct text names = {0};
    const char *terms = NULL;
    size_t count = 0;
    for (size_t i = view->run_count; i-- > 0 && !count;) {
        terms = view->runs[i].terms;
        for (size_t j = 0; j < view->series_count; j++)
            if (strcmp(view->series[j].terms, terms) == 0) {
                chosen = &view->series[j].trend;
                text_append_format(&names, "%s%s · %s", count++ ? ", " : "", chosen->scenario,
                                   chosen->measure);
            }
    }
    if (count == 0)
        error_set(e, ERROR_UNAVAILABLE, "no recorded measurement matches");
    if (count > 1)
        error_set(e, ERROR_USAGE,
                  "svg draws one series: choose with --scenario and --measure among %s",
                  text_string(&names));
    text_release(&names);
    return count == 1 ? chosen : NULL;
}

static bool draw(struct text *out, const struct history_view *view, struct error *e)
{
    const struct trend *t = choose(view, e);
    if (!t)
        return false;
    struct plot p = {0};
    bool good = plot_trend(&p, "trend", t);
    if (good)
        good = plot_draw(&p, out, e);
    else
        error_set(e, ERROR_UNAVAILABLE, "a plot needs at least two runs");
    plot_release(&p);
    return good;
}

static bool show(const struct suite_arguments *given, struct error *e)
{
    const char *format = arguments_value(&given->arguments, "format");
    struct history_filter filter;
    if (format && !is_format(format))
        return error_set(e, ERROR_USAGE, "--format %s: expected text, json or svg", format);
    if (!read_filter(given, &filter, e))
        return false;
    struct store store = {0};
    struct history_view view = {0};
    struct text out = {0};
    struct terminal terminal = terminal_of(stdout);
    bool good =
        store_open(&store, arguments_value(&given->arguments, "history"), STORE_READ, NULL, e) &&
        history_read(&store, &filter, &view, e);
    if (good && format && strcmp(format, "json") == 0) {
        char *json = history_json(filter.suite, &view);
        text_append_format(&out, "%s\n", json);
        free(json);
    } else if (good && format && strcmp(format, "svg") == 0) {
        good = draw(&out, &view, e);
    } else if (good) {
        good = history_text(&out, &terminal, &store, filter.suite, &view, e);
    }
    if (good)
        fwrite(text_string(&out), 1, out.length, stdout);
    text_release(&out);
    history_view_release(&view);
    store_close(&store);
    return good;
}

int command_history(const struct command *self, int argc, const char *const *argv)
{
    struct error e = {0};
    struct suite_arguments given;
    bool good = suite_arguments_parse(&given, argc, argv, self->synopsis, self->options, 0, &e) &&
                (given.arguments.help || show(&given, &e));
    suite_arguments_release(&given);
    return good ? EXIT_PASSED : command_fail(&e);
}
