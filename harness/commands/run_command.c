#include "commands/run_command.h"
#include "commands/scenario_table.h"

#include "base/memory.h"
#include "commands/certify.h"
#include "commands/command.h"
#include "commands/output_folder.h"
#include "commands/report_options.h"
#include "commands/run_part.h"
#include "commands/run_versions.h"
#include "commands/suite_arguments.h"
#include "ground/signals.h"
#include "measures/histories/run_history.h"
#include "measures/histories/store.h"
#include "plugins/plugin_set.h"
#include "postgres/url.h"
#include "record/terms.h"
#include "record/verdict.h"
#include "rehearsal/rehearse.h"

/* Releases of clang-format lay out a macro of braces in different ways. */
// clang-format off
#define SHARED_OPTIONS                                                                      \
    {"scenario", "NAME[,NAME]", "run only these scenarios or groups"},                      \
    {"migrator", "NAME", "use this migrator of the suite (default: its first)"},         \
    {"migrations", "DIR", "use the migrations in this folder, not the suite's"},                \
    {"server", "URL", "create the databases on this server, not on an embedded one"},      \
    {"jobs", "N", "scenarios to run at a time (default: one per processor)"},                      \
    {"seed", "N", "seed of the generated data (default: 1)"},                                    \
    {"time-limit", "SECONDS", "time limit of the upgrade, instead of the suite's"},                   \
    {"output", "DIR", "folder for the reports (default: rehearsal)"},                         \
    {"history", "FILE|URL", "record the measurements here, and compare with earlier runs"}, \
    {"history-fails", NULL, "treat a measure that got worse as a finding"},       \
    {"shape", "FILE", "production's shape: forecast locks, and try its statements"}, REPORT_OPTIONS,       \
    {"keep", NULL, "keep databases and logs, and say where"}
// clang-format on

const struct option_spec command_run_options[] = {
    SHARED_OPTIONS,
    {"from", "REV", "rehearse what comes after this revision of a project"},
    {"to", "REV", "rehearse up to this revision (default: the newest)"},
    {"last", "N", "rehearse the last N revisions, one after the other"},
    {"since", "GITREF", "rehearse the revisions added since this branch or commit"},
    {"each", NULL, "rehearse every revision of the range (default: from the first)"},
    {"data", "FILE|DIR", "the project's own rows: a file, or a folder of REVISION.sql"},
    {"base", "FILE", "SQL that makes what is there before the first revision"},
    {"rows", "N", "rows to generate for each table of a project"},
    {"scale", "F", "with --shape: rows to generate, as a share of production's (0.001)"},
    {"strict", NULL, "treat warnings of rules as findings"},
    PLUGIN_OPTION,
    VERSION_OPTION,
    PART_OPTIONS,
    {"approve", NULL, "write the observed changes as approved, for review"},
    {"require-approved", NULL, "treat a revision that nobody approved as a finding"},
    {NULL, NULL, NULL}};

const struct option_spec command_certify_options[] = {
    {"source", "URL", "the live database to copy; it is only read"},
    {"dump", "FILE", "or a dump of it, in any format of pg_dump"},
    {"trust-dump", NULL, "restore the dump as a superuser, and even where it could run programs"},
    {"exclude-table-data", "PATTERN[,PATTERN]", "tables to copy without their rows"},
    {"any-version", NULL, "accept a server with another major version than the source's"},
    {"by", "NAME", "name of the person who certifies (default: the account's)"},
    {"sign", "KEY", "sign the certificate with this SSH key"},
    SHARED_OPTIONS,
    {NULL, NULL, NULL}};

static bool read_scale(const struct arguments *a, struct ground *g, struct error *e)
{
    const char *given = arguments_value(a, "scale");
    char *end = NULL;
    g->scale = given ? strtod(given, &end) : 0;
    if (given && (end == given || *end || !(g->scale > 0 && g->scale <= 1)))
        return error_set(e, ERROR_USAGE, "--scale %s: expected a share of the rows, up to 1",
                         given);
    if (given && !g->shape)
        return error_set(e, ERROR_USAGE, "--scale: give --shape too");
    return !given || !arguments_given(a, "rows") ||
           error_set(e, ERROR_USAGE, "--scale, --rows: give only one of them");
}

/* The shape is the caller's to free. */
static bool read_shape(const struct arguments *a, struct shape **shape, struct ground *g,
                       struct error *e)
{
    g->shape_path = arguments_value(a, "shape");
    if (g->shape_path && !(*shape = shape_load(g->shape_path, e)))
        return error_prefix(e, "--shape");
    g->shape = *shape;
    return read_scale(a, g, e);
}

static bool read_options(const struct arguments *a, const struct run_defaults *defaults,
                         const struct rehearsed_project *project, struct first_baseline *first,
                         struct run *run, struct rehearse_request *request,
                         const struct scenario_list *list, const struct rule_list *rules,
                         bool *chosen, struct error *e)
{
    const char *scenarios = arguments_value(a, "scenario");
    uint64_t jobs = 0;
    run->ground.time_limit = run->ground.suite->time_limit;
    run->ground.keep = arguments_given(a, "keep");
    run->approve = arguments_given(a, "approve");
    run->require_approved = arguments_given(a, "require-approved");
    run->strict = arguments_given(a, "strict");
    if (!arguments_number(a, "jobs", &jobs, e) ||
        !arguments_number(a, "rows", &run->ground.rows, e) ||
        !arguments_seconds(a, "time-limit", &run->ground.time_limit, e) ||
        !scenario_choose(list, scenarios ? scenarios : defaults->scenarios, chosen, e))
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
    *request = (struct rehearse_request){.project = project,
                                         .first = first,
                                         .server = server,
                                         .migrations = arguments_value(a, "migrations"),
                                         .migrator = arguments_value(a, "migrator"),
                                         .list = list,
                                         .rules = rules,
                                         .chosen = chosen,
                                         .names = scenarios ? scenarios : defaults->scenarios,
                                         .jobs = (size_t)jobs};
    return true;
}

static bool read_history(const struct arguments *a, struct run_history *h, struct error *e)
{
    h->where = arguments_value(a, "history");
    h->fails = arguments_given(a, "history-fails");
    if (h->fails && !h->where)
        return error_set(e, ERROR_USAGE, "--history-fails: give --history too");
    return !h->where || store_check_place(h->where, e) || error_prefix(e, "--history");
}

/* A warning never changes the verdict. */
static void tell_history(const struct run_history *h)
{
    if (h->warning.kind != ERROR_NONE)
        fprintf(stderr, "pgrehearse: measurements were not recorded: %s\n", h->warning.message);
}

/* Who wants to know of the run when it has ended. */
struct keepers {
    struct run_history *history;
    struct reporting *reporting;
    struct certify *certify; /* NULL: nothing is certified */
};

static void before_end(struct run *run, void *context)
{
    struct keepers *keepers = context;
    if (keepers->history->where || reporting_sends(keepers->reporting) ||
        run->record->partition.count)
        migrations_record(run->record, run->ground.cancel);
    run_history_conclude(run, keepers->history);
    if (keepers->certify) /* after all that may change the verdict */
        certify_finish(keepers->certify, run);
}

/* The record becomes reports and the exit code. */
static int conclude(const struct run *run, const struct keepers *keepers)
{
    struct error e = {0};
    int code = (int)verdict_of_run(run->record);
    tell_history(keepers->history);
    if (run->ended_by == ERROR_USAGE && code == EXIT_UNCHECKED)
        code = EXIT_USAGE; /* it took a database to see it */
    if (run->record->error)
        fprintf(stderr, "pgrehearse: %s\n", run->record->error);
    if (!reporting_finish(keepers->reporting, &e)) {
        if (keepers->certify)
            certify_withdraw(keepers->certify, run, &e);
        command_fail(&e);
        code = code == EXIT_PASSED ? EXIT_UNCHECKED : code;
    }
    if (keepers->certify)
        certify_conclude(keepers->certify);
    report_options_send(keepers->reporting, run->record, run->ground.cancel);
    return code;
}

/* One of several runs on the server of its own; zeroed, it is the only one. */
struct inner_run {
    struct server_version version; /* zeroed: the best there is */
    const char *output;
    const char *whole_output;  /* where the reports of all of them go */
    struct run_record *record; /* NULL: nobody wants it afterwards */
    FILE *nowhere;             /* beside a record: where its own summary goes */
};

/* An inner run is reported into its own folder; the whole, when all have ended. */
static bool open_reporting(struct reporting *reporting, const struct arguments *a,
                           const struct run_defaults *defaults, const struct inner_run *inner,
                           const char *folder, struct error *e)
{
    if (!inner->record)
        return report_options_open(
            reporting, a, &(struct reporting_request){.format = defaults->format, .folder = folder},
            e);
    return reporting_open(reporting,
                          &(struct reporting_request){.format = "pretty",
                                                      .is_inner = true,
                                                      .folder = folder,
                                                      .out = inner->nowhere,
                                                      .progress = stderr},
                          e);
}

static int run_with(const struct suite_arguments *given, const struct run_defaults *defaults,
                    const struct plugin_set *plugins, const struct cancel *cancel,
                    const struct inner_run *inner)
{
    struct error e = {0};
    struct certify certify = {0};
    struct run_record record = {0};
    struct event_stream events;
    struct scenario_list scenarios = {0};
    bool *chosen = NULL;
    struct rehearse_request request;
    struct reporting reporting = {0};
    struct first_baseline first = {0};
    struct run_part part = {0};
    struct run run = {.ground = {.suite = given->suite,
                                 .sizes = given->sizes,
                                 .size_count = given->suite->size_count,
                                 .seed = given->seed,
                                 .programs = inner->version.programs,
                                 .cancel = cancel},
                      .record = &record,
                      .events = &events};
    struct run_history history = {.cancel = cancel};
    const char *output = arguments_value(&given->arguments, "output");
    struct shape *shape = NULL;
    int code;
    run.ground.output = inner->record ? inner->output : output ? output : defaults->output;
    event_stream_init(&events, &record);
    if (scenario_list_make(&scenarios, &plugins->scenarios, given->suite, &e) &&
        (chosen = memory_zeroed(scenarios.count, sizeof *chosen)) &&
        read_options(&given->arguments, defaults, given->project, &first, &run, &request,
                     &scenarios, &plugins->rules, chosen, &e) &&
        run_part_read(&part, &given->arguments,
                      inner->record ? inner->whole_output : run.ground.output, inner->version.major,
                      &request, &e) &&
        read_shape(&given->arguments, &shape, &run.ground, &e) &&
        read_history(&given->arguments, &history, &e) &&
        (!defaults->certifies || certify_read(&certify, &given->arguments, &run, &request, &e)) &&
        open_reporting(&reporting, &given->arguments, defaults, inner, run.ground.output, &e) &&
        (!run.ground.output || output_folder_prepare(run.ground.output, &e)) &&
        rehearse_plan(&run, &request, &e) &&
        (!defaults->certifies || certify_begin(&certify, &run, &e)) &&
        reporting_listen(&reporting, &events, &e)) {
        run_history_plan(&history, &record);
        request.before_end = before_end;
        struct keepers keepers = {&history, &reporting, defaults->certifies ? &certify : NULL};
        request.context = &keepers;
        rehearse(&run, &request);
        code = conclude(&run, &keepers);
    } else {
        code = command_fail(&e);
    }
    reporting_release(&reporting);
    rehearse_release(&run);
    run_part_release(&part);
    certify_release(&certify);
    event_stream_release(&events);
    if (inner->record)
        *inner->record = record;
    else
        record_release(&record);
    shape_free(shape);
    free(chosen);
    scenario_list_free(&scenarios);
    return code;
}

struct whole_run {
    const struct suite_arguments *given;
    const struct run_defaults *defaults;
    const struct plugin_set *plugins;
    const struct cancel *cancel;
    const char *output;
};

static int run_version(void *context, const struct server_version *version, const char *output,
                       struct run_record *record)
{
    const struct whole_run *w = context;
    FILE *nowhere = fopen("/dev/null", "we");
    if (!nowhere)
        return command_fail(&(struct error){ERROR_UNAVAILABLE, "", "cannot open /dev/null"});
    int code = run_with(w->given, w->defaults, w->plugins, w->cancel,
                        &(struct inner_run){*version, output, w->output, record, nowhere});
    fclose(nowhere);
    return code;
}

/* Once, or on each of the versions that were asked for. */
static int run_where_asked(const struct suite_arguments *given, const struct run_defaults *defaults,
                           const struct plugin_set *plugins, const struct cancel *cancel)
{
    struct error e = {0};
    struct run_versions versions = {0};
    const char *output = arguments_value(&given->arguments, "output");
    struct whole_run whole = {given, defaults, plugins, cancel, output ? output : defaults->output};
    int code;
    if (!run_versions_read(&versions, &given->arguments, &e))
        code = command_fail(&e);
    else if (versions.count > 1)
        code = run_versions_each(&versions, &given->arguments, whole.output, defaults->format,
                                 cancel, run_version, &whole);
    else
        code =
            run_with(given, defaults, plugins, cancel,
                     &(struct inner_run){.version = versions.count ? *versions.items
                                                                   : (struct server_version){0}});
    run_versions_release(&versions);
    return code;
}

/* Where nobody has named a suite, the first line says what was chosen. */
static void say_what_is_rehearsed(const struct suite_arguments *given)
{
    char *line = project_arguments_text(given);
    fprintf(stderr, "pgrehearse: %s\n", line);
    if (given->project && given->project->project->note)
        fprintf(stderr, "pgrehearse: %s\n", given->project->project->note);
    free(line);
}

/* Checks of others are not part of a certificate, which has to mean the same to every reader. */
static bool refuse_plugin(int argc, const char *const *argv, struct error *e)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--plugin") == 0 || strncmp(argv[i], "--plugin=", 9) == 0)
            return error_set(e, ERROR_USAGE,
                             "certify: --plugin: a certificate states only what this program "
                             "checks; use the plugin with pgrehearse run");
    return true;
}

static bool parse(struct suite_arguments *given, const struct command *self, int argc,
                  const char *const *argv, const struct run_defaults *defaults, struct error *e)
{
    if (!defaults->certifies)
        return project_arguments_parse(given, argc, argv, self->synopsis, self->options, e);
    return refuse_plugin(argc, argv, e) &&
           suite_arguments_parse(given, argc, argv, self->synopsis, self->options, 0, e);
}

int run_command(const struct command *self, int argc, const char *const *argv,
                const struct run_defaults *defaults)
{
    struct error e = {0};
    struct suite_arguments given = {0};
    struct cancel cancel = {.fd = -1};
    struct signals signals = {0};
    struct plugin_set plugins = {0};
    int code = EXIT_PASSED;
    if (!parse(&given, self, argc, argv, defaults, &e))
        code = command_fail(&e);
    else if (given.arguments.help)
        code = EXIT_PASSED;
    else if (!plugin_set_load(&plugins, arguments_value(&given.arguments, "plugin"),
                              &scenario_table, &e))
        code = command_fail(&e);
    else if (!cancel_init(&cancel) || !signals_watch(&signals, &cancel))
        code = command_fail(&(struct error){ERROR_UNAVAILABLE, "", "cannot watch for signals"});
    else {
        if (given.project || (given.by_default && !defaults->certifies))
            say_what_is_rehearsed(&given);
        code = run_where_asked(&given, defaults, &plugins, &cancel);
    }
    signals_release(&signals);
    cancel_release(&cancel);
    suite_arguments_release(&given);
    plugin_set_release(&plugins);
    return code;
}

int command_run(const struct command *self, int argc, const char *const *argv)
{
    static const struct run_defaults defaults = {.format = "pretty", .output = "rehearsal"};
    return run_command(self, argc, argv, &defaults);
}

int command_certify(const struct command *self, int argc, const char *const *argv)
{
    static const struct run_defaults defaults = {.scenarios = "certification,quickstart",
                                                 .format = "pretty",
                                                 .output = "rehearsal",
                                                 .certifies = true};
    return run_command(self, argc, argv, &defaults);
}
