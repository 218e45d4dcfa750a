#include "rehearsal/rehearse.h"

#include "base/clock.h"
#include "base/memory.h"
#include "ground/circumstances.h"
#include "ground/shape_rows.h"
#include "migrator/preload.h"
#include "migrator/revisions.h"
#include "postgres/url.h"
#include "rehearsal/certification.h"
#include "rehearsal/containment.h"
#include "rehearsal/first_baseline.h"
#include "rehearsal/leave_ground.h"
#include "rehearsal/leg.h"
#include "rehearsal/refused_history.h"
#include "rehearsal/rehearsal.h"
#include "rehearsal/scenario_queue.h"

static void announce_sweep(const struct run *run, const struct ground_sweep *swept)
{
    if (swept->left.kind != ERROR_NONE)
        event_message(run->events, "WARNING: left behind by a dead run: %s", swept->left.message);
    if (!swept->runs && !swept->databases)
        return;
    event_message(run->events, "swept up after dead runs: folders %zu, databases %zu", swept->runs,
                  swept->databases);
}

/*
 * About how many bytes the run's folder will hold: a cluster, and rows of 20 kB, twice for the
 * migration that rewrites them. The product of the sizes stands for the number of rows.
 */
static uint64_t estimate_bytes(const struct run *run)
{
    double rows = 1;
    for (unsigned i = 0; i < run->ground.suite->size_count; i++)
        if (!run->ground.suite->sizes[i].maximum && run->ground.sizes[i].value > 0)
            rows *= (double)run->ground.sizes[i].value;
    double bytes = 256e6 + 2 * 20e3 * rows;
    if (run->ground.shape) /* a filled template, and clones that are rewritten */
        bytes += 6 * shape_rows_bytes(run->ground.shape, run->ground.scale);
    if (run->certification) /* its copy, that rewritten, and a dump */
        bytes += 3 * (double)source_bytes(&run->certification->source);
    return bytes < 1e15 ? (uint64_t)bytes : (uint64_t)1e15;
}

/* Whether a chosen scenario works on a clone of the template, or on a copy of the source. */
static bool is_any_chosen(const struct rehearse_request *request, bool on_source)
{
    for (size_t i = 0; i < request->list->count; i++)
        if (request->chosen[i] && request->list->entries[i].on_source == on_source)
            return true;
    return false;
}

static bool open_source(struct run *run, const struct rehearse_request *request, struct error *e)
{
    struct certification *c = run->certification;
    return !c || !is_any_chosen(request, true) ||
           source_open(&c->source, &c->request, run->ground.cancel, e);
}

/* Whose rows are rehearsed: a certificate of one database is not compared with another's. */
static void record_source(const struct run *run)
{
    const struct source_request *request = run->certification ? &run->certification->request : NULL;
    if (!request || (!request->url && !request->dump))
        return;
    char *source = request->url ? url_for_display(request->url) : memory_copy_of(request->dump);
    record_add_circumstance(run->record, "source", source);
    free(source);
}

static void confine_migrator(const struct run *run, struct migrator *m)
{
    char *why;
    migrator_confine(m, &why);
    if (why)
        event_message(run->events, "%s", why);
    free(why);
}

static void report_refused_preloading(const struct run *run)
{
    struct preload_pool *pool = run->ground.migrator.preloads;
    const char *why = pool ? preload_pool_refusal(pool) : "";
    if (*why)
        event_message(run->events, "each command started its interpreter afresh: %s", why);
}

/* `*asked` once nothing is left that can fail but the migrator. */
static bool prepare(struct run *run, const struct rehearse_request *request, bool *asked,
                    struct error *e)
{
    struct ground *g = &run->ground;
    struct ground_sweep swept = {0};
    confine_migrator(run, &g->migrator);
    swept.runs = run_folder_sweep(&swept.left); /* also where the source turns out to be away */
    g->closed = run->certification != NULL;
    g->preloads = true;
    if (!open_source(run, request, e) ||
        !ground_open(g, request->server, migrator_needs_port(&g->migrator), estimate_bytes(run),
                     &swept, e))
        return false;
    announce_sweep(run, &swept);
    if (run->certification)
        run->certification->source.request.mark = g->migrator.mark;
    circumstances_record(g, run->record);
    record_source(run);
    if (request->project && request->project->base.path)
        event_message(run->events, "the history starts on %s", request->project->base.path);
    *asked = server_check(g->server, (const char *const *)g->suite->extensions,
                          g->suite->extension_count, e);
    return *asked && (!is_any_chosen(request, false) || containment_check(run, e));
}

static void skip_scenarios(const struct leg *leg, size_t from, const char *reason)
{
    for (size_t i = from; i < leg->planned_count; i++)
        rehearsal_skip(&leg->run, leg->planned[i].scenario,
                       &leg->run.record->scenarios[leg->planned[i].record], reason);
}

static void skip_legs(const struct run *run, size_t from, const char *reason)
{
    for (size_t i = from; i < run->leg_count; i++) {
        leg_refresh(&run->legs[i], run);
        skip_scenarios(&run->legs[i], 0, reason);
    }
}

/* The revision that did not apply: the failed file's, or else the one behind that at which the
   migrator says it stands. */
static char *find_failed(const struct revision_list *list, const struct baseline_failure *failure)
{
    size_t of_file = failure->file ? revision_list_of_file(list, failure->file) : list->count;
    if (of_file < list->count)
        return memory_copy_of(list->items[of_file].id);
    size_t place = failure->stands ? revision_list_said(list, failure->stands) : list->count;
    return place + 1 < list->count ? memory_copy_of(list->items[place + 1].id) : NULL;
}

/* Whether what comes first is judged here, so that the scenarios know where they start. */
static size_t judge_first_baseline(const struct leg *leg, const struct rehearse_request *request,
                                   bool is_built, const struct baseline_failure *failure)
{
    if (!leg->run.first || leg != &leg->run.legs[0])
        return 0;
    struct first_baseline *first = request->first;
    first->is_built = is_built;
    first->failure = *failure;
    first->failed = find_failed(first->revisions, failure);
    rehearsal_run(&leg->run, leg->planned[0].scenario,
                  &leg->run.record->scenarios[leg->planned[0].record]);
    free(first->failed);
    return 1;
}

/* Rehearses a leg; false if those after it have nothing to start from. */
static bool run_leg(struct run *run, const struct rehearse_request *request, struct leg *leg,
                    const struct leg *before, char **stopped, struct error *e)
{
    struct baseline_failure failure = {0};
    bool ready = leg_prepare(leg, before, run, request->project, &failure, e);
    if (!ready && e->kind != ERROR_NONE)
        return false;
    size_t judged = judge_first_baseline(leg, request, ready, &failure);
    if (judged) {
        leg->planned_count--;
        memmove(leg->planned, leg->planned + 1, leg->planned_count * sizeof *leg->planned);
    }
    if (ready) {
        cluster_begin(run->ground.cluster, leg->template,
                      leg->filling.database ? leg->filling.database : leg->own);
        leg_share_fixtures(leg);
        scenario_queue_run(leg, request, false, stopped);
    } else {
        char *reason = memory_format("not run: the baseline %s cannot be built: %s",
                                     leg->suite.baseline, failure.message);
        skip_legs(run, (size_t)(leg - run->legs), reason);
        free(reason);
    }
    baseline_failure_release(&failure);
    return ready && !cancel_is_raised(run->ground.cancel);
}

static void run_legs(struct run *run, const struct rehearse_request *request, char **stopped,
                     struct error *e)
{
    struct leg *before = NULL;
    /* with the machine to themselves: they are timed */
    scenario_queue_run(&run->legs[0], request, true, stopped);
    if (!is_any_chosen(request, false))
        return;
    for (size_t i = 0; i < run->leg_count; i++) {
        if (i && *stopped) {
            skip_legs(run, i, *stopped);
            return;
        }
        bool go_on = run_leg(run, request, &run->legs[i], before, stopped, e);
        if (before)
            leg_drop(before, run);
        if (!go_on)
            return;
        before = &run->legs[i];
    }
}

void rehearse(struct run *run, const struct rehearse_request *request)
{
    struct run_record *record = run->record;
    struct error e = {0};
    event_run(run->events, EVENT_RUN_BEGINS);
    for (size_t i = 0; i < run->left_out_count; i++)
        event_message(run->events, "left out %s", run->left_out[i].text);
    if (run->part_note)
        event_message(run->events, "%s", run->part_note);
    char *stopped = NULL;
    bool asked = false, prepared = prepare(run, request, &asked, &e);
    if (run->ground.folder)
        record->id = memory_copy_of(run->ground.folder->id);
    if (prepared) {
        leg_refresh(&run->legs[0], run);
        run_legs(run, request, &stopped, &e);
    } else if (asked) { /* and the migrator has refused to start */
        refused_history_judge(run, request->first, &e);
    }
    free(stopped);
    run->ended_by = e.kind;
    if (e.kind != ERROR_NONE)
        record->error = memory_copy_of(e.message);
    record->interrupted = cancel_is_raised(run->ground.cancel);
    if (run->certification)
        source_close(&run->certification->source);
    report_refused_preloading(run);
    leave_ground(run);
    record->seconds = clock_seconds() - run->started;
    if (request->before_end)
        request->before_end(run, request->context);
    event_run(run->events, EVENT_RUN_ENDS);
}
