#include "rehearsal/part.h"

#include <stdlib.h>

#include "base/memory.h"
#include "record/record_versions.h"
#include "record/verdict.h"
#include "rehearsal/first_baseline.h"
#include "rehearsal/leg.h"
#include "rehearsal/rehearsal.h"

static const struct scenario_record *find(const struct run_record *r, const char *name)
{
    for (size_t i = 0; r && i < r->scenario_count; i++)
        if (strcmp(r->scenarios[i].name, name) == 0)
            return &r->scenarios[i];
    return NULL;
}

/* In a run on several versions, it may be named after its version. */
static const struct scenario_record *find_earlier(const struct run_record *r, const char *name,
                                                  int major)
{
    const struct scenario_record *s = find(r, name);
    if (s || !major)
        return s;
    char *full = record_name_on_version(name, major);
    s = find(r, full);
    free(full);
    return s;
}

/* What is left of a leg, with the numbers that its records now have. */
static void keep_in_leg(struct leg *leg, const bool *keep, const size_t *places)
{
    size_t kept = 0;
    for (size_t i = 0; i < leg->planned_count; i++) {
        struct planned_scenario planned = leg->planned[i];
        if (!keep[planned.record])
            continue;
        planned.record = places[planned.record];
        leg->planned[kept++] = planned;
    }
    leg->planned_count = kept;
}

static void keep_in_run(struct run *run, const bool *keep)
{
    size_t count = run->record->scenario_count, place = 0;
    size_t *places = memory_zeroed(count, sizeof *places);
    bool is_first_kept = count && keep[0];
    for (size_t i = 0; i < count; i++) {
        places[i] = place;
        place += keep[i];
    }
    for (size_t i = 0; i < run->leg_count; i++)
        keep_in_leg(&run->legs[i], keep, places);
    record_keep_scenarios(run->record, keep);
    if (run->first && !is_first_kept) { /* another part judges how the baseline came about */
        run->first = NULL;
        leg_refresh(&run->legs[0], run);
    }
    free(places);
}

static unsigned heaviness(const struct run *run, size_t record)
{
    for (size_t i = 0; i < run->leg_count; i++)
        for (size_t j = 0; j < run->legs[i].planned_count; j++)
            if (run->legs[i].planned[j].record == record)
                return run->legs[i].planned[j].heavy;
    return 0;
}

/* How long each scenario takes: as recorded, or as the known ones on average, or by its weight. */
static double *estimate(const struct run *run, const struct part_request *request)
{
    const struct run_record *r = run->record;
    double *seconds = memory_zeroed(r->scenario_count, sizeof *seconds), sum = 0;
    size_t known = 0;
    for (size_t i = 0; i < r->scenario_count; i++) {
        const struct scenario_record *before =
            find_earlier(request->durations, r->scenarios[i].name, request->major);
        if (!before)
            continue;
        seconds[i] = before->seconds > 0.001 ? before->seconds : 0.001;
        sum += seconds[i];
        known++;
    }
    for (size_t i = 0; i < r->scenario_count; i++)
        if (seconds[i] == 0)
            seconds[i] = known ? sum / (double)known : 1 + heaviness(run, i);
    return seconds;
}

/* The longest that is not given out yet; the first of those that are as long. */
static size_t find_longest(const double *seconds, const size_t *part, size_t count)
{
    size_t longest = SIZE_MAX;
    for (size_t i = 0; i < count; i++)
        if (!part[i] && (longest == SIZE_MAX || seconds[i] > seconds[longest]))
            longest = i;
    return longest;
}

/* The longest go first, each to the part that has least to do; part[i] is from 1. */
static size_t *divide(const double *seconds, size_t count, size_t parts)
{
    size_t *part = memory_zeroed(count, sizeof *part);
    double *load = memory_zeroed(parts, sizeof *load);
    for (size_t i = 0; i < count; i++) {
        size_t longest = find_longest(seconds, part, count), least = 0;
        for (size_t j = 1; j < parts; j++)
            if (load[j] < load[least])
                least = j;
        part[longest] = least + 1;
        load[least] += seconds[longest];
    }
    free(load);
    return part;
}

static void record_partition(struct run *run, const struct part_request *request)
{
    struct partition *p = &run->record->partition;
    char *which = memory_format("%zu/%zu", request->number, request->count);
    record_add_circumstance(run->record, "partition", which);
    free(which);
    p->number = request->number;
    p->count = request->count;
    for (size_t i = 0; i < run->record->scenario_count; i++)
        *(char **)memory_append(&p->scenarios, &p->scenario_count, sizeof *p->scenarios) =
            memory_copy_of(run->record->scenarios[i].name);
}

static bool take_partition(struct run *run, const struct part_request *request, struct error *e)
{
    size_t count = run->record->scenario_count, kept = 0;
    if (request->count > count)
        return error_set(e, ERROR_USAGE,
                         "--partition %zu/%zu: there %s only %zu scenario%s to divide; ask for at "
                         "most %zu part%s",
                         request->number, request->count, count == 1 ? "is" : "are", count,
                         count == 1 ? "" : "s", count, count == 1 ? "" : "s");
    double *seconds = estimate(run, request);
    size_t *part = divide(seconds, count, request->count);
    bool *keep = memory_zeroed(count, sizeof *keep);
    for (size_t i = 0; i < count; i++)
        kept += keep[i] = part[i] == request->number;
    record_partition(run, request);
    keep_in_run(run, keep);
    run->part_note =
        memory_format("partition %zu of %zu: %zu of %zu scenarios; pgrehearse merge joins them",
                      request->number, request->count, kept, count);
    free(keep);
    free(part);
    free(seconds);
    return true;
}

static bool is_to_rerun(const struct run *run, const struct part_request *request, size_t i)
{
    const struct scenario_record *before =
        find_earlier(request->last, run->record->scenarios[i].name, request->major);
    return before && verdict_of_scenario(before) != VERDICT_PASSED;
}

static bool take_failed(struct run *run, const struct part_request *request, struct error *e)
{
    size_t count = run->record->scenario_count, failed = 0;
    bool *keep = memory_zeroed(count, sizeof *keep);
    for (size_t i = 0; i < count; i++)
        failed += keep[i] = is_to_rerun(run, request, i);
    if (failed) {
        keep[0] = keep[0] || run->first; /* the baseline, from which the others start */
        run->part_note = memory_format("running again %zu of %zu scenarios, which did not pass in "
                                       "%s; run all of them before you ship",
                                       failed, count, request->last_path);
        keep_in_run(run, keep);
    } else {
        error_set(e, ERROR_USAGE,
                  "--rerun-failed: all of these scenarios passed in %s, or are not in it; run "
                  "without it",
                  request->last_path);
    }
    free(keep);
    return failed > 0;
}

static bool is_same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool check_last(const struct run *run, const struct part_request *request, struct error *e)
{
    const struct run_record *last = request->last, *now = run->record;
    return (is_same(last->suite, now->suite) && is_same(last->migrator, now->migrator)) ||
           error_set(e, ERROR_USAGE,
                     "--rerun-failed: %s is a report of %s with %s, not of %s with %s",
                     request->last_path, last->suite, last->migrator, now->suite, now->migrator);
}

bool part_take(struct run *run, const struct part_request *request, struct error *e)
{
    if (request->last && (!check_last(run, request, e) || !take_failed(run, request, e)))
        return false;
    return !request->count || take_partition(run, request, e);
}
