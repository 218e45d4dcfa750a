#include "measures/comparisons/comparison.h"

#include <math.h>

#include "base/memory.h"
#include "ground/git_folder.h"
#include "measures/comparisons/comparison_parts.h"
#include "postgres/url.h"
#include "schema/delta.h"
#include "schema/snapshot.h"

enum { LEDGER_ROUNDS = 3, CONFIRMING_ROUNDS = 2 };

static void show_progress(const struct comparison *c, const char *what, size_t done, size_t total)
{
    live_scenario_progress(&c->live, what, (double)done, (double)total);
}

/* The candidate failed: that is what there is to say of it. */
static bool candidate_failed(struct comparison *c, struct timing *t)
{
    free(c->reason);
    c->reason = memory_format("the candidate's upgrade failed: %s", t->complaint);
    free(c->failed_file);
    c->failed_file = t->file;
    c->failed_line = t->line;
    t->file = NULL;
    c->outcome = COMPARISON_REGRESSED;
    return true;
}

static bool take_snapshot(struct comparison *c, const char *database, struct snapshot *s,
                          struct error *e)
{
    struct connection connection = {0};
    char *url = url_with_database(c->bench.run.ground.server->url, database, e);
    bool good = url && connection_open(&connection, url, c->bench.run.ground.cancel, e) &&
                snapshot_take(&connection, s, e);
    connection_close(&connection);
    free(url);
    return good;
}

/* The first difference, in words; NULL if there is none. To be freed. */
static char *first_difference(const struct snapshot *base, const struct snapshot *candidate)
{
    struct delta delta = {0};
    char *found = NULL;
    delta_compute(base, candidate, &delta);
    for (size_t i = 0; i < delta.count && !found; i++)
        if (!delta.lines[i].folded)
            found = memory_format("%c %s", delta.lines[i].sign, delta.lines[i].text);
    delta_release(&delta);
    return found;
}

/* The candidate's baseline, looked at and dropped. */
static bool look_at_candidate(struct comparison *c, struct snapshot *schema, struct error *e)
{
    char *name = NULL;
    struct error ignored = {0};
    bool good = (bench_baseline(&c->bench, &c->bench.run.ground.migrator, &name, e) ||
                 error_prefix(e, "candidate")) &&
                bench_settle(&c->bench, name, e) && take_snapshot(c, name, schema, e);
    if (name && !bench_drop(&c->bench, name, good ? e : &ignored))
        good = false;
    free(name);
    return good;
}

/* The template is of the base's making; the candidate must begin with the same. */
static bool make_template(struct comparison *c, struct error *e)
{
    struct snapshot candidate = {0}, base = {0};
    char *baseline = NULL, *difference = NULL;
    show_progress(c, "baselines", 0, 1);
    bool good = look_at_candidate(c, &candidate, e) &&
                (bench_baseline(&c->bench, &c->base, &baseline, e) || error_prefix(e, "base")) &&
                bench_settle(&c->bench, baseline, e) && take_snapshot(c, baseline, &base, e);
    difference = good ? first_difference(&base, &candidate) : NULL;
    if (difference)
        good = error_set(e, ERROR_UNAVAILABLE,
                         "the two cannot be compared: at the baseline %s their schemas differ: %s",
                         c->bench.run.ground.suite->baseline, difference);
    show_progress(c, "data", 0, 1);
    good = good &&
           bench_fill(&c->bench, baseline, "template", c->request->sizes, NULL, &c->template, e);
    free(difference);
    free(baseline);
    snapshot_release(&candidate);
    snapshot_release(&base);
    return good;
}

/* One upgrade of one side. `*ended` is false when the candidate failed. */
static bool time_one(struct comparison *c, bool is_base, bool with_ledger, struct timing *t,
                     bool *ended, struct error *e)
{
    const struct migrator *m = is_base ? &c->base : &c->bench.run.ground.migrator;
    *ended = true;
    if (!bench_time(&c->bench, m, c->template, with_ledger, t, e))
        return false;
    if (t->well)
        return true;
    if (is_base)
        return error_set(e, ERROR_UNAVAILABLE,
                         "the base's upgrade to %s failed, so there is nothing to compare with: %s",
                         c->bench.run.ground.suite->target, t->complaint);
    *ended = false;
    return candidate_failed(c, t);
}

/*
 * A pair, in an order drawn from the seed: of two pairs that follow each other one begins with the
 * base and one with the candidate, so a drift of the machine falls on both alike.
 */
static bool time_pair(struct comparison *c, size_t number, bool with_ledger, struct timing pair[2],
                      bool *ended, struct error *e)
{
    uint64_t mixed =
        (c->bench.run.ground.seed + number / 2) * 0x9e3779b97f4a7c15u; /* Knuth's hash */
    size_t first = ((mixed >> 40) ^ number) & 1;
    for (size_t i = 0; i < 2; i++) {
        size_t side = (first + i) % 2;
        if (!time_one(c, side == 0, with_ledger, &pair[side], ended, e) || !*ended)
            return e->kind == ERROR_NONE;
    }
    return true;
}

static bool run_ledgers(struct comparison *c, size_t rounds, struct error *e)
{
    bool good = true, ended = true;
    for (size_t i = 0; i < rounds && good && ended; i++) {
        struct timing pair[2] = {0};
        show_progress(c, "ledgers", i, rounds);
        good = time_pair(c, i, true, pair, &ended, e);
        for (size_t side = 0; side < 2; side++) {
            if (pair[side].well && pair[side].cost) {
                struct cost_record **kept = memory_append(&c->ledgers[side], &c->ledger_count[side],
                                                          sizeof *c->ledgers[side]);
                *kept = pair[side].cost;
                pair[side].cost = NULL;
            }
            timing_release(&pair[side]);
        }
    }
    return good;
}

static void compare_ledgers(struct comparison *c)
{
    struct ledgers base = {c->ledgers[0], c->ledger_count[0]};
    struct ledgers candidate = {c->ledgers[1], c->ledger_count[1]};
    differences_release(&c->differences);
    counters_compare(&base, &candidate, c->request->threshold, &c->differences);
    free(c->missing);
    c->missing = candidate.count ? memory_copy_of(candidate.items[0]->missing) : NULL;
}

/* What counters say is confirmed by further rounds, too. */
static bool measure_counters(struct comparison *c, struct error *e)
{
    if (!run_ledgers(c, LEDGER_ROUNDS, e))
        return false;
    if (c->reason)
        return true;
    compare_ledgers(c);
    if (!differences_have(&c->differences, DIFFERENCE_WORSE, NULL))
        return true;
    bool good = run_ledgers(c, CONFIRMING_ROUNDS, e);
    if (good && !c->reason)
        compare_ledgers(c);
    return good;
}

static bool time_pairs(struct comparison *c, struct time_series *series, size_t until,
                       const char *what, struct error *e)
{
    bool good = true, ended = true;
    while (series->pairs < until && good && ended) {
        struct timing pair[2] = {0};
        show_progress(c, what, series->pairs, until);
        good = time_pair(c, series->pairs, false, pair, &ended, e);
        if (good && ended)
            time_series_add(series, &pair[0], &pair[1]);
        timing_release(&pair[0]);
        timing_release(&pair[1]);
    }
    return good;
}

/* Only those measures that had the alarm are asked again. */
static enum decision confirm(struct comparison *c)
{
    size_t count = c->times.measure_count, flagged = 0;
    c->confirmation = time_series_measures(&c->fresh, c->request->threshold);
    if (c->fresh.measure_count != count)
        return DECISION_UNDECIDED; /* other steps than before: not the same upgrade */
    struct decision_measure *asked = memory_zeroed(count, sizeof *asked);
    for (size_t i = 0; i < count; i++)
        if (c->measures[i].alarm)
            asked[flagged++] = c->confirmation[i];
    enum decision found = decision_confirm(&c->rule, asked, flagged);
    for (size_t i = 0, at = 0; i < count; i++)
        if (c->measures[i].alarm)
            c->confirmation[i] = asked[at++];
    free(asked);
    return found;
}

/* Where a counter has decided already, one look at the time is enough. */
static bool measure_time(struct comparison *c, enum decision *found, struct error *e)
{
    bool decided = differences_have(&c->differences, DIFFERENCE_WORSE, NULL);
    size_t look = 0;
    *found = DECISION_GO_ON;
    for (; *found == DECISION_GO_ON && look < c->rule.look_count; look++) {
        if (!time_pairs(c, &c->times, c->rule.looks[look], "pairs", e))
            return false;
        if (c->reason)
            return true;
        free(c->measures);
        c->measures = time_series_measures(&c->times, c->request->threshold);
        *found = decision_look(&c->rule, look, c->measures, c->times.measure_count);
        if (decided)
            return true;
    }
    if (*found != DECISION_ALARM)
        return true;
    size_t pairs = decision_confirmation(&c->rule, look - 1);
    if (!time_pairs(c, &c->fresh, pairs, "confirming", e))
        return false;
    if (!c->reason)
        *found = confirm(c);
    return true;
}

/* The base's migrator: the candidate's in another folder. */
static bool find_base(struct comparison *c, struct error *e)
{
    const struct comparison_request *r = c->request;
    c->base = c->bench.run.ground.migrator;
    const char *folder = c->base.directory;
    c->base.directory = NULL;
    if (r->base) {
        c->base_name = memory_copy_of(r->base);
        c->base.directory = realpath(r->base, NULL);
        return c->base.directory ||
               error_set(e, ERROR_USAGE, "%s: no such folder of migrations", r->base);
    }
    if (r->base_reference)
        c->base_name = memory_copy_of(r->base_reference);
    else if (!git_folder_last_release(folder, r->bench.cancel, &c->base_name, e))
        return false;
    c->base.directory = memory_format("%s/base", c->bench.run.ground.folder->path);
    return git_folder_extract(folder, "--base-ref", c->base_name, c->base.directory,
                              r->bench.cancel, e);
}

static bool measure(struct comparison *c, struct error *e)
{
    enum decision time = DECISION_UNDECIDED;
    if (!make_template(c, e) || !measure_counters(c, e))
        return false;
    comparison_record_ledgers(c);
    if (!c->reason) {
        live_scenario_step(&c->live);
        if (!measure_time(c, &time, e))
            return false;
    }
    comparison_judge(c, time);
    return true;
}

bool comparison_run(struct comparison *c, const struct comparison_request *request, struct error *e)
{
    *c = (struct comparison){.request = request, .outcome = COMPARISON_INCONCLUSIVE};
    decision_rule_init(&c->rule, request->threshold, request->rounds, request->bench.seed);
    bool good = bench_open(&c->bench, &request->bench, e) && find_base(c, e);
    bool begun = good || e->kind != ERROR_USAGE;
    if (begun)
        comparison_begin(c);
    good = good && measure(c, e);
    if (begun)
        comparison_end(c, good ? NULL : e);
    bench_close(&c->bench);
    if (begun)
        event_run(request->bench.events, EVENT_RUN_ENDS);
    return good;
}

void comparison_release(struct comparison *c)
{
    for (size_t side = 0; side < 2; side++) {
        for (size_t i = 0; i < c->ledger_count[side]; i++)
            cost_record_free(c->ledgers[side][i]);
        free(c->ledgers[side]);
    }
    time_series_release(&c->times);
    time_series_release(&c->fresh);
    differences_release(&c->differences);
    free(c->measures);
    free(c->confirmation);
    free(c->reason);
    free(c->failed_file);
    free(c->missing);
    free(c->template);
    free(c->base_name);
    free(c->base.directory); /* the rest is the candidate's */
    bench_release(&c->bench);
}
