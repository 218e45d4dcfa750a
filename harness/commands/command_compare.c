/* pgrehearse compare: does a set of migrations cost more than another one? */
#include <math.h>
#include <stdio.h>

#include "base/memory.h"
#include "commands/command.h"
#include "commands/output_folder.h"
#include "commands/report_options.h"
#include "commands/suite_arguments.h"
#include "ground/signals.h"
#include "measures/comparisons/comparison.h"
#include "record/verdict.h"

const struct option_spec command_compare_options[] = {
    {"base-migrations", "DIR", "the migrations to compare with"},
    {"base-ref", "GITREF", "or as of this commit, tag or branch (default: the last release's)"},
    {"migrations", "DIR", "the candidate's migrations (default: the suite's own)"},
    {"migrator", "NAME", "use this migrator of the suite (default: its first)"},
    {"shape", "FILE", "measure under the settings and roles of production's shape"},
    {"server", "URL", "create the databases on this server, not on an embedded one"},
    {"rounds", "N", "time at most this many pairs, then confirm (default: 80)"},
    {"threshold", "PERCENT", "tolerated slowdown, in percent (default: 10)"},
    {"seed", "N", "seed of the generated data and the order (default: 1)"},
    {"output", "DIR", "folder for comparison.json and the reports (default: comparison)"},
    REPORT_OPTIONS,
    {NULL, NULL, NULL}};

static const uint64_t usual_rounds = 80, most_rounds = 10000;

/* The shape is the caller's to free. */
static bool read_request(const struct suite_arguments *given, struct comparison_request *r,
                         struct shape **shape, struct error *e)
{
    const struct arguments *a = &given->arguments;
    uint64_t rounds = usual_rounds;
    double percent = 10;
    if (!arguments_number(a, "rounds", &rounds, e))
        return false;
    const char *threshold = arguments_value(a, "threshold");
    char *end = NULL;
    if (threshold)
        percent = strtod(threshold, &end);
    if (threshold && (end == threshold || *end || !isfinite(percent) || percent <= 0))
        return error_set(e, ERROR_USAGE, "--threshold %s: expected a percentage over 0", threshold);
    r->base = arguments_value(a, "base-migrations");
    r->base_reference = arguments_value(a, "base-ref");
    if (r->base && r->base_reference)
        return error_set(e, ERROR_USAGE,
                         "compare: give only one of --base-migrations and --base-ref");
    if (rounds < DECISION_LEAST_PAIRS || rounds > most_rounds)
        return error_set(e, ERROR_USAGE, "--rounds: expected %d to %llu", DECISION_LEAST_PAIRS,
                         (unsigned long long)most_rounds);
    r->sizes = given->sizes;
    r->threshold = percent / 100;
    r->rounds = (size_t)rounds;
    r->bench.suite = given->suite;
    r->bench.server = arguments_value(a, "server");
    r->bench.migrator = arguments_value(a, "migrator");
    r->bench.migrations = arguments_value(a, "migrations");
    r->bench.seed = given->seed;
    r->bench.bytes = bench_bytes(given->suite, given->sizes);
    r->bench.shape_path = arguments_value(a, "shape");
    if (r->bench.shape_path && !(*shape = shape_load(r->bench.shape_path, e)))
        return error_prefix(e, "--shape");
    r->bench.shape = *shape;
    const char *output = arguments_value(a, "output");
    r->bench.output = output ? output : "comparison";
    return output_folder_prepare(r->bench.output, e);
}

static int compare(struct comparison_request *request, struct reporting *reporting)
{
    struct error e = {0};
    struct comparison c = {0};
    struct event_stream events;
    int code = EXIT_UNCHECKED;
    event_stream_init(&events, &c.bench.record);
    request->bench.events = &events;
    if (!reporting_listen(reporting, &events, &e) || !comparison_run(&c, request, &e)) {
        code = command_fail(&e);
    } else {
        if (!reporting_owns_output(reporting))
            comparison_print(&c);
        code = (int)verdict_of_run(&c.bench.record);
        if (!comparison_write(&c, request->bench.output, &e)) {
            command_fail(&e);
            code = code == EXIT_PASSED ? EXIT_UNCHECKED : code;
        }
    }
    code = report_options_finish(reporting, &c.bench.record, request->bench.cancel, code);
    comparison_release(&c);
    event_stream_release(&events);
    return code;
}

int command_compare(const struct command *self, int argc, const char *const *argv)
{
    struct error e = {0};
    struct suite_arguments given;
    struct cancel cancel = {.fd = -1};
    struct signals signals = {0};
    struct comparison_request request = {0};
    struct reporting reporting = {0};
    struct shape *shape = NULL;
    int code = EXIT_PASSED;
    if (!suite_arguments_parse(&given, argc, argv, self->synopsis, self->options, 0, &e)) {
        code = command_fail(&e);
    } else if (!given.arguments.help) {
        request.bench.cancel = &cancel;
        bool good = ((cancel_init(&cancel) && signals_watch(&signals, &cancel)) ||
                     error_set(&e, ERROR_UNAVAILABLE, "cannot watch for signals")) &&
                    read_request(&given, &request, &shape, &e) &&
                    report_options_open(&reporting, &given.arguments,
                                        &(struct reporting_request){.format = "pretty",
                                                                    .folder = request.bench.output,
                                                                    .quiet = true},
                                        &e);
        code = good ? compare(&request, &reporting) : command_fail(&e);
    }
    reporting_release(&reporting);
    shape_free(shape);
    signals_release(&signals);
    cancel_release(&cancel);
    suite_arguments_release(&given);
    return code;
}
