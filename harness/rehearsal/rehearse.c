#include "rehearsal/rehearse.h"
#include "migrator/migrator_place.h"
#include "migrator/revisions.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "ground/circumstances.h"
#include "postgres/url.h"
#include "rehearsal/approved_revision.h"
#include "rehearsal/certification.h"
#include "rehearsal/containment.h"
#include "rehearsal/first_baseline.h"
#include "rehearsal/leave_ground.h"
#include "rehearsal/left_out_scenarios.h"
#include "rehearsal/leg.h"
#include "rehearsal/refused_history.h"
#include "rehearsal/rehearsal.h"
#include "rehearsal/suite_check.h"

/* Why the suite cannot use the scenario, to be freed; NULL if it can. */
static char *find_lack(const struct run *run, const struct scenario *scenario)
{
    struct run_record scratch = {0};
    char *lack = rehearsal_walk(run, scenario, record_add_scenario(&scratch, "", ""));
    record_release(&scratch);
    return lack;
}

static bool is_named(const char *names, const char *name)
{
    size_t length = strlen(name);
    for (const char *p = names; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL)
        if (strncmp(p, name, length) == 0 && (p[length] == ',' || p[length] == '\0'))
            return true;
    return false;
}

/* "rollback", or over a range "rollback (0012_add_x)"; to be freed. */
static char *name_in_leg(const struct leg *leg, const struct scenario *scenario)
{
    char *name = scenario_name(scenario);
    if (!leg->revision)
        return name;
    char *whole = memory_format("%s (%s)", name, leg->revision);
    free(name);
    return whole;
}

/* Over a range what takes long is tried on the newest alone, unless somebody asks for it. */
static bool is_wanted(const struct run *run, const struct leg *leg,
                      const struct scenario_entry *entry, const char *names)
{
    return names || !entry->heavy || leg == &run->legs[run->leg_count - 1];
}

/* Of its revision, for display; NULL: it is not known. */
static char *file_of(const struct leg *leg)
{
    const struct revision_list *list = leg->run.ground.migrator.revisions;
    bool known = leg->run.ground.is_project && list && leg->place < list->count &&
                 list->items[leg->place].file_count;
    return known ? migrator_path_for_display(list->items[leg->place].files[0]) : NULL;
}

static void plan_scenario(struct run *run, struct leg *leg, const struct scenario *scenario,
                          unsigned heavy, bool on_source)
{
    char *name = name_in_leg(leg, scenario);
    struct scenario_record *record = record_add_scenario(run->record, name, scenario->title);
    record->revision = run->ground.is_project ? memory_copy_of(leg->suite.target) : NULL;
    record->file = file_of(leg);
    free(rehearsal_walk(&leg->run, scenario, record));
    struct planned_scenario *planned =
        memory_append(&leg->planned, &leg->planned_count, sizeof *leg->planned);
    *planned =
        (struct planned_scenario){scenario, run->record->scenario_count - 1, heavy, on_source};
    free(name);
}

static bool plan_entry(struct run *run, const struct rehearse_request *request, struct leg *leg,
                       const struct scenario_entry *entry, struct error *e)
{
    char *lack = find_lack(&leg->run, entry->scenario);
    char *plain = scenario_name(entry->scenario);
    if (lack && is_named(request->names, plain) && !leg->revision)
        error_set(e, ERROR_USAGE, "scenario %s cannot be run: %s", plain, lack);
    else if (lack)
        left_out_note(run, plain, leg->revision, lack);
    else
        plan_scenario(run, leg, entry->scenario, entry->heavy, entry->on_source);
    free(plain);
    free(lack);
    return e->kind == ERROR_NONE;
}

/* An error if a scenario was asked for by its name that has no data, or if none has. */
static bool plan_scenarios(struct run *run, const struct rehearse_request *request, struct error *e)
{
    size_t before = run->record->scenario_count;
    for (size_t i = 0; i < run->leg_count; i++)
        for (size_t j = 0; j < request->list->count; j++) {
            const struct scenario_entry *entry = &request->list->entries[j];
            struct leg *leg = &run->legs[i];
            if (request->chosen[j] && is_wanted(run, leg, entry, request->names) &&
                !plan_entry(run, request, leg, entry, e))
                return false;
        }
    return run->record->scenario_count > before ||
           error_set(e, ERROR_USAGE, "none of these scenarios can be run: %s",
                     run->left_out_count ? run->left_out[0].text : "there are none");
}

static void plan_record(struct run *run)
{
    struct run_record *record = run->record;
    const struct leg *first = &run->legs[0], *last = &run->legs[run->leg_count - 1];
    record->version = memory_copy_of(PGREHEARSE_VERSION);
    record->suite = memory_copy_of(run->ground.suite->name);
    record->suite_path = memory_copy_of(run->ground.suite->folder);
    record->migrator = memory_copy_of(run->ground.migrator.definition->name);
    record->migrations = memory_copy_of(run->ground.migrator.directory);
    record->baseline = memory_copy_of(first->suite.baseline);
    record->target = memory_copy_of(last->suite.target);
    clock_date(record->started_at, sizeof record->started_at);
    for (unsigned i = 0; i < run->ground.suite->requirement_count; i++)
        record_add_requirement(record, run->ground.suite->requirements[i].id,
                               run->ground.suite->requirements[i].text);
}

static bool check_source(const struct run *run, const struct rehearse_request *request,
                         struct error *e)
{
    for (size_t i = 0; i < request->list->count && !run->certification; i++) {
        if (!request->chosen[i] || !request->list->entries[i].on_source)
            continue;
        char *name = scenario_name(request->list->entries[i].scenario);
        error_set(e, ERROR_USAGE,
                  "scenario %s needs a source: use pgrehearse certify --source URL or --dump FILE",
                  name);
        free(name);
    }
    return e->kind == ERROR_NONE;
}

static bool choose_migrator(struct run *run, const struct rehearse_request *request,
                            struct error *e)
{
    struct ground *g = &run->ground;
    if (!request->project)
        return ground_choose_migrator(&g->migrator, g->suite, request->migrator,
                                      request->migrations, g->cancel, e);
    rehearsed_project_migrator(request->project, &g->migrator);
    g->migrator.cancel = g->cancel;
    g->is_project = true;
    return true;
}

/* How a project comes to where the rehearsal begins is judged first, before any scenario. */
static void plan_first_baseline(struct run *run, const struct rehearse_request *request)
{
    struct first_baseline *first = request->first;
    struct leg *leg = &run->legs[0];
    if (!request->project)
        return;
    *first = (struct first_baseline){.revisions = &request->project->revisions,
                                     .name = leg->suite.baseline,
                                     .is_base = leg->place == 0};
    run->first = first;
    leg_refresh(leg, run);
    plan_scenario(run, leg, &scenario_of_revisions, 0, false);
}

/* A mistake in what a project has approved is reported before anything runs. */
static bool check_approvals(const struct run *run, struct error *e)
{
    bool good = true;
    for (size_t i = 0; good && run->ground.is_project && !run->approve && i < run->leg_count; i++) {
        struct approved_revision approved;
        good = approved_revision_read(&run->legs[i].suite, &approved, e);
        approved_revision_release(&approved);
    }
    return good;
}

bool rehearse_plan(struct run *run, const struct rehearse_request *request, struct error *e)
{
    run->started = clock_seconds();
    if (!check_source(run, request, e) || !suite_check_kinds(run->ground.suite, request->list, e) ||
        !suite_check_files(run->ground.suite, !run->approve, e) ||
        !choose_migrator(run, request, e) ||
        !rule_policy_read(&run->policy, run->ground.suite, run->ground.migrator.directory,
                          run->strict, e))
        return false;
    legs_make(run, request->project);
    if (!check_approvals(run, e))
        return false;
    plan_record(run);
    plan_first_baseline(run, request);
    return plan_scenarios(run, request, e);
}

void rehearse_release(struct run *run)
{
    legs_release(run);
    migrator_release(&run->ground.migrator);
    rule_policy_release(&run->policy);
    left_out_release(run);
}

/* The scenarios of a leg that are still to be run, those that take longest first. */
struct queue {
    const struct leg *leg;
    struct run_record *record;
    pthread_mutex_t lock;
    const struct planned_scenario **scenarios; /* in the order of running */
    size_t count, next;
};

static void fill_queue(struct queue *q, bool on_source)
{
    const struct leg *leg = q->leg;
    q->scenarios = memory_zeroed(leg->planned_count, sizeof *q->scenarios);
    for (unsigned left = MOST_HEAVY + 1; left-- > 0;)
        for (size_t i = 0; i < leg->planned_count; i++) {
            const struct planned_scenario *planned = &leg->planned[i];
            if (planned->heavy == left && planned->on_source == on_source)
                q->scenarios[q->count++] = planned;
        }
}

static void *work(void *context)
{
    struct queue *q = context;
    for (;;) {
        pthread_mutex_lock(&q->lock);
        size_t mine = q->next < q->count ? q->next++ : SIZE_MAX;
        pthread_mutex_unlock(&q->lock);
        if (mine == SIZE_MAX)
            return NULL;
        const struct planned_scenario *planned = q->scenarios[mine];
        rehearsal_run(&q->leg->run, planned->scenario, &q->record->scenarios[planned->record]);
    }
}

static void record_jobs(struct run_record *record, size_t jobs)
{
    char *number = memory_format("%zu", jobs);
    record_add_circumstance(record, "jobs", number);
    free(number);
}

static void run_scenarios(const struct leg *leg, const struct rehearse_request *request,
                          bool on_source)
{
    struct queue q = {.leg = leg, .record = leg->run.record};
    fill_queue(&q, on_source);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t jobs = request->jobs ? request->jobs : (size_t)(processors > 0 ? processors : 1);
    if (jobs > q.count)
        jobs = q.count;
    if (!on_source && leg->run.leg <= 1)
        record_jobs(q.record, jobs);
    pthread_mutex_init(&q.lock, NULL);
    pthread_t *threads = memory_zeroed(jobs, sizeof *threads);
    size_t started = 0;
    while (started < jobs && pthread_create(&threads[started], NULL, work, &q) == 0)
        started++;
    if (started == 0 && q.count)
        work(&q);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&q.lock);
    free(threads);
    free(q.scenarios);
}

static void announce_sweep(const struct run *run, const struct ground_sweep *swept)
{
    if (swept->left.kind != ERROR_NONE)
        event_message(run->events, "WARNING: of a dead run, %s", swept->left.message);
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

/* `*asked` once nothing is left that can fail but the migrator. */
static bool prepare(struct run *run, const struct rehearse_request *request, bool *asked,
                    struct error *e)
{
    struct ground *g = &run->ground;
    struct ground_sweep swept = {0};
    confine_migrator(run, &g->migrator);
    swept.runs = run_folder_sweep(&swept.left); /* also where the source turns out to be away */
    if (!open_source(run, request, e) ||
        !ground_open(g, request->server, migrator_needs_port(&g->migrator), estimate_bytes(run),
                     &swept, e))
        return false;
    announce_sweep(run, &swept);
    if (run->certification)
        run->certification->source.request.mark = g->migrator.mark;
    circumstances_record(g, run->record);
    record_source(run);
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

/* The revision that did not apply: the one behind that at which the migrator says it stands. */
static char *find_failed(const struct revision_list *list, const char *stands)
{
    for (size_t i = list->count; stands && i-- > 0;) {
        const char *place = strstr(stands, list->items[i].id);
        if (place && i + 1 < list->count)
            return memory_copy_of(list->items[i + 1].id);
    }
    return NULL;
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
    first->failed = find_failed(first->revisions, failure->stands);
    rehearsal_run(&leg->run, leg->planned[0].scenario,
                  &leg->run.record->scenarios[leg->planned[0].record]);
    free(first->failed);
    return 1;
}

/* Rehearses a leg; false if those after it have nothing to start from. */
static bool run_leg(struct run *run, const struct rehearse_request *request, struct leg *leg,
                    const struct leg *before, struct error *e)
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
        run_scenarios(leg, request, false);
    } else {
        char *reason = memory_format("not run: the baseline %s cannot be built: %s",
                                     leg->suite.baseline, failure.message);
        for (size_t i = (size_t)(leg - run->legs); i < run->leg_count; i++) {
            leg_refresh(&run->legs[i], run);
            skip_scenarios(&run->legs[i], 0, reason);
        }
        free(reason);
    }
    baseline_failure_release(&failure);
    return ready && !cancel_is_raised(run->ground.cancel);
}

static void run_legs(struct run *run, const struct rehearse_request *request, struct error *e)
{
    struct leg *before = NULL;
    run_scenarios(&run->legs[0], request,
                  true); /* with the machine to themselves: they are timed */
    if (!is_any_chosen(request, false))
        return;
    for (size_t i = 0; i < run->leg_count; i++) {
        bool go_on = run_leg(run, request, &run->legs[i], before, e);
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
    bool asked = false, prepared = prepare(run, request, &asked, &e);
    if (run->ground.folder)
        record->id = memory_copy_of(run->ground.folder->id);
    if (prepared) {
        leg_refresh(&run->legs[0], run);
        run_legs(run, request, &e);
    } else if (asked) { /* and the migrator has refused to start */
        refused_history_judge(run, request->first, &e);
    }
    run->ended_by = e.kind;
    if (e.kind != ERROR_NONE)
        record->error = memory_copy_of(e.message);
    record->interrupted = cancel_is_raised(run->ground.cancel);
    if (run->certification)
        source_close(&run->certification->source);
    leave_ground(run);
    record->seconds = clock_seconds() - run->started;
    if (request->before_end)
        request->before_end(run, request->context);
    event_run(run->events, EVENT_RUN_ENDS);
}
