/* pgrehearse forecast: how long will the upgrade take with production's rows? */
#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "base/memory.h"
#include "base/text.h"
#include "commands/command.h"
#include "commands/output_folder.h"
#include "commands/report_options.h"
#include "commands/suite_arguments.h"
#include "ground/signals.h"
#include "measures/forecasts/forecast.h"
#include "record/verdict.h"
#include "reports/figure.h"

const struct option_spec command_forecast_options[] = {
    {"rows", "TABLE=N", "rows that the table will have"},
    {"source", "URL", "or: take the count from this database, which is only read"},
    {"shape", "FILE", "or: take the count from a shape of production"},
    {"table", "NAME", "with --source or --shape: this table (default: largest preserved table)"},
    {"at-sizes", "N,N,N[,N]", "values of the suite's first size to time the upgrade at"},
    {"rounds", "N", "runs at each size (default: 15)"},
    {"migrations", "DIR", "use the migrations in this folder, not the suite's"},
    {"migrator", "NAME", "use this migrator of the suite (default: its first)"},
    {"server", "URL", "create the databases on this server, not on an embedded one"},
    {"time-limit", "SECONDS", "time limit of the upgrade, instead of the suite's"},
    {"seed", "N", "seed of the generated data (default: 1)"},
    {"output", "DIR", "folder for forecast.json and the reports (default: forecast)"},
    REPORT_OPTIONS,
    {"score", "FILE", "check how good the forecast in this forecast.json was"},
    {"seconds", "S", "with --score: how long the upgrade really took"},
    {NULL, NULL, NULL}};

static const uint64_t usual_rounds = 15, least_rounds = 2, most_rounds = 1000;

static bool read_rows(const char *given, struct forecast_request *r, char **table, struct error *e)
{
    const char *sign = strrchr(given, '=');
    char *end = NULL;
    double rows = sign ? strtod(sign + 1, &end) : 0;
    if (!sign || sign == given || end == sign + 1 || *end || !isfinite(rows) || rows < 1)
        return error_set(e, ERROR_USAGE, "--rows %s: expected TABLE=N, N being 1 or more", given);
    *table = memory_format("%.*s", (int)(sign - given), given);
    r->table = *table;
    r->rows = rows;
    return true;
}

static bool read_sizes(const char *given, struct forecast_request *r, struct error *e)
{
    for (const char *p = given; p; p = *p == ',' ? p + 1 : NULL) {
        char *end;
        errno = 0;
        unsigned long long size = strtoull(p, &end, 10);
        bool good = *p >= '0' && *p <= '9' && !errno && (*end == ',' || !*end) && size > 0;
        if (!good || r->at_count == FORECAST_SIZES_MOST ||
            (r->at_count && size <= r->at_sizes[r->at_count - 1]))
            return error_set(e, ERROR_USAGE,
                             "--at-sizes %s: expected 3 to %d numbers, the smallest first", given,
                             FORECAST_SIZES_MOST);
        r->at_sizes[r->at_count++] = size;
        p = end;
    }
    return !r->at_count || r->at_count >= 3 ||
           error_set(e, ERROR_USAGE, "--at-sizes %s: expected 3 numbers or more", given);
}

/* About what all templates take: the largest twice over. */
static uint64_t bytes_of(const struct forecast_request *r, const struct suite *suite)
{
    uint64_t bytes = bench_bytes(suite, r->sizes), times = 2;
    if (r->at_count && suite->size_count && r->sizes[0].value)
        times = r->at_sizes[r->at_count - 1] / r->sizes[0].value + 1;
    return bytes < UINT64_MAX / (4 * times) ? bytes * 2 * times : UINT64_MAX / 2;
}

static bool read_request(const struct suite_arguments *given, struct forecast_request *r,
                         char **table, struct error *e)
{
    const struct arguments *a = &given->arguments;
    uint64_t rounds = usual_rounds;
    const char *rows = arguments_value(a, "rows"), *source = arguments_value(a, "source");
    const char *shape = arguments_value(a, "shape"), *how = NULL;
    const char *output = arguments_value(a, "output");
    r->time_limit = given->suite->time_limit;
    if (!rows + !source + !shape != 2)
        return error_set(e, ERROR_USAGE,
                         "forecast: for how many rows? Give either --rows TABLE=N, --source URL or "
                         "--shape FILE");
    if ((rows && !read_rows(rows, r, table, e)) || !arguments_number(a, "rounds", &rounds, e) ||
        !arguments_seconds(a, "time-limit", &r->time_limit, e) ||
        !read_sizes(arguments_value(a, "at-sizes"), r, e))
        return false;
    if (rounds < least_rounds || rounds > most_rounds)
        return error_set(e, ERROR_USAGE, "--rounds: expected %llu to %llu",
                         (unsigned long long)least_rounds, (unsigned long long)most_rounds);
    if (source && !forecast_source(source, given->suite, arguments_value(a, "table"),
                                   r->bench.cancel, table, &r->rows, &how, &r->buffers, e))
        return false;
    if (shape && !forecast_shape(shape, given->suite, arguments_value(a, "table"), table, &r->rows,
                                 &how, &r->buffers, e))
        return false;
    if (how)
        fprintf(arguments_given(a, "format") ? stderr : stdout, "source     %.0f rows in %s, %s\n",
                r->rows, *table, how);
    if (r->rows < 1)
        return error_set(e, ERROR_USAGE, "--%s: table %s is empty; give --rows",
                         shape ? "shape" : "source", *table);
    r->table = *table;
    r->rounds = (size_t)rounds;
    r->sizes = given->sizes;
    r->bench.suite = given->suite;
    r->bench.server = arguments_value(a, "server");
    r->bench.migrator = arguments_value(a, "migrator");
    r->bench.migrations = arguments_value(a, "migrations");
    r->bench.seed = given->seed;
    r->bench.bytes = bytes_of(r, given->suite);
    r->bench.output = output ? output : "forecast";
    return output_folder_prepare(r->bench.output, e);
}

static int forecast(struct forecast_request *request, struct reporting *reporting)
{
    struct error e = {0};
    struct forecast f = {0};
    struct event_stream events;
    int code;
    event_stream_init(&events, &f.bench.record);
    request->bench.events = &events;
    if (!reporting_listen(reporting, &events, &e) || !forecast_run(&f, request, &e)) {
        code = command_fail(&e);
    } else {
        if (!reporting_owns_output(reporting))
            forecast_print(&f);
        code = (int)verdict_of_run(&f.bench.record);
        if (!forecast_write(&f, request->bench.output, &e)) {
            command_fail(&e);
            code = code == EXIT_PASSED ? EXIT_UNCHECKED : code;
        }
    }
    code = report_options_finish(reporting, &f.bench.record, request->bench.cancel, code);
    forecast_release(&f);
    event_stream_release(&events);
    return code;
}

static int score(const struct arguments *a)
{
    struct error e = {0};
    struct forecast_score s;
    double seconds = 0;
    if (!arguments_seconds(a, "seconds", &seconds, &e) ||
        (seconds <= 0 &&
         !error_set(&e, ERROR_USAGE, "--score: how long did it take? Give --seconds S")) ||
        !forecast_score(arguments_value(a, "score"), &s, &e))
        return command_fail(&e);
    s.inside = seconds >= s.low && seconds <= s.high;
    struct text line = {0};
    text_append(&line, "it took ");
    figure_append_duration(&line, seconds);
    text_append_format(&line, ", %s the interval of ", s.inside ? "inside" : "outside");
    figure_append_duration(&line, s.low);
    text_append(&line, " to ");
    figure_append_duration(&line, s.high);
    printf("%s; %+.0f %% of the estimate\n", text_string(&line), 100 * (seconds / s.estimate - 1));
    text_release(&line);
    return s.inside ? EXIT_PASSED : EXIT_FINDINGS;
}

static int run(const struct suite_arguments *given, const struct cancel *cancel)
{
    struct error e = {0};
    char *table = NULL;
    struct forecast_request request = {.bench = {.cancel = cancel}};
    struct reporting reporting = {0};
    bool good =
        read_request(given, &request, &table, &e) &&
        report_options_open(&reporting, &given->arguments,
                            &(struct reporting_request){
                                .format = "pretty", .folder = request.bench.output, .quiet = true},
                            &e);
    int code = good ? forecast(&request, &reporting) : command_fail(&e);
    reporting_release(&reporting);
    free(table);
    return code;
}

int command_forecast(const struct command *self, int argc, const char *const *argv)
{
    struct error e = {0};
    struct suite_arguments given;
    struct cancel cancel = {.fd = -1};
    struct signals signals = {0};
    int code = EXIT_PASSED;
    if (!suite_arguments_parse(&given, argc, argv, self->synopsis, self->options, 0, &e))
        code = command_fail(&e);
    else if (given.arguments.help)
        code = EXIT_PASSED;
    else if (arguments_given(&given.arguments, "score"))
        code = score(&given.arguments);
    else if (!cancel_init(&cancel) || !signals_watch(&signals, &cancel))
        code = command_fail(&(struct error){ERROR_UNAVAILABLE, "", "cannot watch for signals"});
    else
        code = run(&given, &cancel);
    signals_release(&signals);
    cancel_release(&cancel);
    suite_arguments_release(&given);
    return code;
}
