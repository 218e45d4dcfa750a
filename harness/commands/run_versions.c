#include "commands/run_versions.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "commands/command.h"
#include "commands/report_options.h"
#include "commands/whole_report.h"
#include "ground/server_programs.h"
#include "postgres/server_version.h"
#include "record/record_versions.h"
#include "record/verdict.h"
#include "reports/json_read.h"

enum { MOST_VERSION = 99 };

static bool add_version(struct run_versions *v, long major, const char *given, struct error *e)
{
    for (size_t i = 0; i < v->count; i++)
        if (v->items[i].major == major)
            return error_set(e, ERROR_USAGE, "--pg %s: %ld is given twice", given, major);
    if (major < SERVER_OLDEST)
        return error_set(e, ERROR_USAGE, "--pg %s: PostgreSQL %d or later is needed", given,
                         SERVER_OLDEST);
    char *programs = server_programs_of((int)major, e);
    if (!programs)
        return error_prefix(e, "--pg %s", given);
    *(struct server_version *)memory_append(&v->items, &v->count, sizeof *v->items) =
        (struct server_version){(int)major, programs};
    return true;
}

static bool read_list(struct run_versions *v, const char *given, struct error *e)
{
    for (const char *at = given;; at++) {
        char *end = NULL;
        long major = isdigit((unsigned char)*at) ? strtol(at, &end, 10) : 0;
        if (major < 1 || major > MOST_VERSION || (*end && *end != ','))
            return error_set(e, ERROR_USAGE,
                             "--pg %s: expected major versions, such as 14,15,16,17,18", given);
        if (!add_version(v, major, given, e))
            return false;
        if (!*end)
            return true;
        at = end;
    }
}

bool run_versions_read(struct run_versions *v, const struct arguments *a, struct error *e)
{
    const char *given = arguments_value(a, "pg");
    if (!given)
        return true;
    if (arguments_given(a, "server"))
        return error_set(e, ERROR_USAGE, "--pg: is for the embedded server; leave out --server");
    if (!read_list(v, given, e))
        return false;
    if (v->count > 1 && arguments_given(a, "approve"))
        return error_set(e, ERROR_USAGE, "--pg %s: give one version with --approve", given);
    return true;
}

void run_versions_release(struct run_versions *v)
{
    for (size_t i = 0; i < v->count; i++)
        free(v->items[i].programs);
    free(v->items);
    *v = (struct run_versions){0};
}

/* False if the versions after it are not to be run. */
static bool run_one(struct version_run *r, const struct server_version *version, const char *output,
                    run_version_fn *run, void *context, int *code)
{
    char *folder = output ? memory_format("%s/pg%d", output, version->major) : NULL;
    fprintf(stderr, "pgrehearse: PostgreSQL %d (%s)\n", version->major, version->programs);
    *code = run(context, version, folder, &r->record);
    r->was_run = true;
    free(folder);
    return *code != EXIT_USAGE;
}

static int run_all(const struct run_versions *v, const struct arguments *a, const char *output,
                   const struct cancel *cancel, run_version_fn *run, void *context,
                   struct version_run *runs)
{
    int code = EXIT_PASSED;
    bool go_on = true;
    for (size_t i = 0; i < v->count; i++) {
        runs[i].major = v->items[i].major;
        if (!go_on)
            continue;
        go_on = run_one(&runs[i], &v->items[i], output, run, context, &code) &&
                !cancel_is_raised(cancel) &&
                !(arguments_given(a, "fail-fast") && code != EXIT_PASSED);
    }
    return code;
}

enum last_time { NOT_SEEN, ALL_PASSED, SOME_FAILED };

/* Of a report on one version nothing is named after it, and any version may be run again. */
static enum last_time how_it_was(const struct run_record *last, int major)
{
    enum last_time was = NOT_SEEN;
    for (size_t i = 0; i < last->scenario_count; i++) {
        const struct scenario_record *s = &last->scenarios[i];
        if (!s->server_version)
            return SOME_FAILED;
        if (strtol(s->server_version, NULL, 10) == major && was != SOME_FAILED)
            was = verdict_of_scenario(s) == VERDICT_PASSED ? ALL_PASSED : SOME_FAILED;
    }
    return was;
}

/* Leaves in `v` the versions on which not everything passed in `last`, the report `path`. */
static bool keep_failed(struct run_versions *v, const struct run_record *last, const char *path,
                        struct error *e)
{
    size_t kept = 0;
    for (size_t i = 0; i < v->count; i++)
        if (how_it_was(last, v->items[i].major) == NOT_SEEN)
            return error_set(e, ERROR_USAGE,
                             "--rerun-failed: %s has no scenario on PostgreSQL %d; leave it out "
                             "of --pg",
                             path, v->items[i].major);
    for (size_t i = 0; i < v->count; i++) {
        if (how_it_was(last, v->items[i].major) == SOME_FAILED) {
            v->items[kept++] = v->items[i];
            continue;
        }
        fprintf(stderr,
                "pgrehearse: PostgreSQL %d: all scenarios had passed; it is not run again\n",
                v->items[i].major);
        free(v->items[i].programs);
    }
    v->count = kept;
    return kept > 0 ||
           error_set(e, ERROR_USAGE, "--rerun-failed: all scenarios passed in %s; run without it",
                     path);
}

static bool choose_versions(struct run_versions *v, const struct arguments *a, const char *output,
                            struct error *e)
{
    struct run_record last = {0};
    if (!arguments_given(a, "rerun-failed") || !output)
        return true;
    char *path = memory_format("%s/run.json", output);
    bool is_good = access(path, F_OK) != 0 || /* of which a run complains as usual */
                   ((json_read_run(&last, path, e) || error_prefix(e, "--rerun-failed")) &&
                    keep_failed(v, &last, path, e));
    record_release(&last);
    free(path);
    return is_good;
}

int run_versions_each(struct run_versions *v, const struct arguments *a, const char *output,
                      const char *format, const struct cancel *cancel, run_version_fn *run,
                      void *context)
{
    struct error e = {0};
    struct reporting reporting = {0};
    struct run_record whole = {0};
    if (!choose_versions(v, a, output, &e))
        return command_fail(&e);
    struct version_run *runs = memory_zeroed(v->count, sizeof *runs);
    int code;
    if (!report_options_open(
            &reporting, a,
            &(struct reporting_request){
                .format = format, .folder = output, .is_past = true, .display = "lines"},
            &e))
        code = command_fail(&e);
    else
        code = run_all(v, a, output, cancel, run, context, runs);
    if (e.kind == ERROR_NONE && code != EXIT_USAGE) {
        record_join_versions(&whole, runs, v->count);
        code = whole_report(&reporting, &whole, cancel);
    }
    for (size_t i = 0; i < v->count; i++)
        record_release(&runs[i].record);
    free(runs);
    record_release(&whole);
    reporting_release(&reporting);
    return code;
}
