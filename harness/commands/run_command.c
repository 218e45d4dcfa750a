#include "run_command.h"

#include "command.h"
#include "folder.h"
#include "memory.h"
#include "output_folder.h"
#include "pretty.h"
#include "rehearse.h"
#include "signals.h"
#include "suite_arguments.h"
#include "tap.h"
#include "url.h"
#include "verdict.h"

static const struct option_spec specs[] = {
    {"scenario", "NAME[,NAME]", "run only these scenarios or groups"},
    {"migrator", "NAME", "the suite's migrator of this name instead of its first"},
    {"migrations", "DIR", "work in this folder instead of the suite's own"},
    {"server", "URL", "make the databases on this server instead of an embedded one"},
    {"jobs", "N", "scenarios at a time (default: one per processor)"},
    {"seed", "N", "of the generated data (default: 1)"},
    {"time-limit", "SECONDS", "for the upgrade, instead of the suite's"},
    {"output", "DIR", "where the reports go (default: rehearsal)"},
    {"format", "pretty|tap", "what goes to standard output (default: pretty)"},
    {"keep", NULL, "keep databases and logs, and say where"},
    {"approve", NULL, "write the schema delta found as the approved one, for review"},
    {NULL, NULL, NULL}};

struct display {
    struct pretty pretty;
    struct tap_observer tap;
    bool is_tap;
};

static bool open_display(struct display *d, struct run *run, const char *format, struct error *e)
{
    d->is_tap = strcmp(format, "tap") == 0;
    if (!d->is_tap && strcmp(format, "pretty") != 0)
        return error_set(e, ERROR_USAGE, "--format %s: expected pretty or tap", format);
    if (d->is_tap)
        tap_observer_init(&d->tap, &run->observers[0], stdout);
    else
        pretty_init(&d->pretty, &run->observers[0], stderr, stdout);
    run->observer_count = 1;
    return true;
}

static void close_display(struct display *d)
{
    if (d->is_tap)
        tap_observer_release(&d->tap);
    else
        pretty_release(&d->pretty);
}

static bool read_options(const struct arguments *a, const struct run_defaults *defaults,
                         struct run *run, struct rehearse_request *request, bool *chosen,
                         struct error *e)
{
    const char *scenarios = arguments_value(a, "scenario"), *output = arguments_value(a, "output");
    uint64_t jobs = 0;
    run->time_limit = run->suite->time_limit;
    run->keep = arguments_given(a, "keep");
    run->approve = arguments_given(a, "approve");
    run->output = output ? output : defaults->output;
    if (!arguments_number(a, "jobs", &jobs, e) ||
        !arguments_seconds(a, "time-limit", &run->time_limit, e) ||
        !scenario_choose(scenarios ? scenarios : defaults->scenarios, chosen, e))
        return false;
    struct url checked = {0};
    const char *server = arguments_value(a, "server");
    if (server && !server[0])
        return error_set(e, ERROR_USAGE, "--server: expected a connection URL");
    if (server && !url_parse(&checked, server, e))
        return error_prefix(e, "--server");
    url_release(&checked);
    if (arguments_given(a, "jobs") && (jobs == 0 || jobs > 256))
        return error_set(e, ERROR_USAGE, "--jobs: expected 1 to 256");
    *request = (struct rehearse_request){.server = server,
                                         .migrations = arguments_value(a, "migrations"),
                                         .migrator = arguments_value(a, "migrator"),
                                         .chosen = chosen,
                                         .names = scenarios ? scenarios : defaults->scenarios,
                                         .jobs = (size_t)jobs};
    return true;
}

/* The record becomes reports and the exit code. */
static int conclude(const struct run *run)
{
    struct error e = {0};
    int code = (int)verdict_of_run(run->record);
    if (run->record->error)
        fprintf(stderr, "pgrehearse: %s\n", run->record->error);
    if (run->output && !reports_write(run->output, run->record, &e)) {
        command_fail(&e);
        return code == EXIT_PASSED ? EXIT_UNCHECKED : code;
    }
    return code;
}

static int run_with(const struct suite_arguments *given, const struct run_defaults *defaults,
                    const struct cancel *cancel)
{
    struct error e = {0};
    struct run_record record = {0};
    pthread_mutex_t announcing = PTHREAD_MUTEX_INITIALIZER;
    bool *chosen = memory_zeroed(scenario_table_size, sizeof *chosen);
    struct rehearse_request request;
    struct display display = {0};
    struct run run = {.suite = given->suite,
                      .sizes = given->sizes,
                      .size_count = given->suite->size_count,
                      .seed = given->seed,
                      .cancel = cancel,
                      .record = &record,
                      .announcing = &announcing};
    const char *format = arguments_value(&given->arguments, "format");
    int code;
    if (read_options(&given->arguments, defaults, &run, &request, chosen, &e) &&
        (!run.output || output_folder_prepare(run.output, &e)) && rehearse_plan(&run, &request, &e) &&
        open_display(&display, &run, format ? format : defaults->format, &e)) {
        rehearse(&run, &request);
        close_display(&display);
        code = conclude(&run);
    } else {
        code = command_fail(&e);
    }
    rehearse_release(&run);
    record_release(&record);
    free(chosen);
    return code;
}

int run_command(int argc, const char *const *argv, const struct run_defaults *defaults)
{
    struct error e = {0};
    struct suite_arguments given;
    struct cancel cancel = {.fd = -1};
    struct signals signals = {0};
    int code = EXIT_PASSED;
    if (!suite_arguments_parse(&given, argc, argv, "[SUITE] [OPTION...]", specs, 0, &e))
        code = command_fail(&e);
    else if (given.arguments.help)
        code = EXIT_PASSED;
    else if (!cancel_init(&cancel) || !signals_watch(&signals, &cancel))
        code = command_fail(&(struct error){ERROR_UNAVAILABLE, "", "cannot watch for signals"});
    else
        code = run_with(&given, defaults, &cancel);
    signals_release(&signals);
    cancel_release(&cancel);
    suite_arguments_release(&given);
    return code;
}

int command_run(int argc, const char *const *argv)
{
    static const struct run_defaults defaults = {.format = "pretty", .output = "rehearsal"};
    return run_command(argc, argv, &defaults);
}
