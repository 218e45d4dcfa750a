#include "rehearsal/rehearse.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "ground/baseline.h"
#include "ground/circumstances.h"
#include "ground/throwaway.h"
#include "postgres/url.h"
#include "rehearsal/certification.h"
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

/* Clears the choice of what the suite has no data for; an error if it was asked for by name. */
static bool leave_out(struct run *run, const struct rehearse_request *request, struct error *e)
{
    size_t left = 0;
    for (size_t i = 0; i < request->list->count; i++) {
        if (!request->chosen[i])
            continue;
        char *lack = find_lack(run, request->list->entries[i].scenario);
        char *name = lack ? scenario_name(request->list->entries[i].scenario) : NULL;
        if (lack && is_named(request->names, name))
            error_set(e, ERROR_USAGE, "scenario %s cannot be run: %s", name, lack);
        left += lack == NULL;
        request->chosen[i] = lack == NULL;
        if (lack)
            *(char **)memory_append(&run->left_out, &run->left_out_count, sizeof *run->left_out) =
                memory_format("%s: %s", name, lack);
        free(name);
        free(lack);
    }
    if (left == 0)
        error_set(e, ERROR_USAGE, "none of these scenarios can be run: %s",
                  run->left_out_count ? run->left_out[0] : "there are none");
    return e->kind == ERROR_NONE;
}

static void plan_record(struct run *run, const struct rehearse_request *request)
{
    struct run_record *record = run->record;
    record->version = memory_copy_of(PGREHEARSE_VERSION);
    record->suite = memory_copy_of(run->ground.suite->name);
    record->suite_path = memory_copy_of(run->ground.suite->folder);
    record->migrator = memory_copy_of(run->ground.migrator.definition->name);
    record->migrations = memory_copy_of(run->ground.migrator.directory);
    record->baseline = memory_copy_of(run->ground.suite->baseline);
    record->target = memory_copy_of(run->ground.suite->target);
    clock_date(record->started_at, sizeof record->started_at);
    for (unsigned i = 0; i < run->ground.suite->requirement_count; i++)
        record_add_requirement(record, run->ground.suite->requirements[i].id,
                               run->ground.suite->requirements[i].text);
    for (size_t i = 0; i < request->list->count; i++) {
        if (!request->chosen[i])
            continue;
        char *name = scenario_name(request->list->entries[i].scenario);
        free(rehearsal_walk(
            run, request->list->entries[i].scenario,
            record_add_scenario(record, name, request->list->entries[i].scenario->title)));
        free(name);
    }
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

bool rehearse_plan(struct run *run, const struct rehearse_request *request, struct error *e)
{
    run->started = clock_seconds();
    if (!check_source(run, request, e) || !suite_check_files(run->ground.suite, !run->approve, e) ||
        !ground_choose_migrator(&run->ground.migrator, run->ground.suite, request->migrator,
                                request->migrations, run->ground.cancel, e) ||
        !leave_out(run, request, e))
        return false;
    plan_record(run, request);
    return true;
}

void rehearse_release(struct run *run)
{
    migrator_release(&run->ground.migrator);
    for (size_t i = 0; i < run->left_out_count; i++)
        free(run->left_out[i]);
    free(run->left_out);
}

/* The scenarios that are still to be run, the heavy ones first. */
struct queue {
    struct run *run;
    pthread_mutex_t lock;
    const struct scenario **scenarios; /* in the order of running */
    struct scenario_record **records;
    size_t count, next;
};

static void fill_queue(struct queue *q, const struct rehearse_request *request, bool on_source)
{
    q->scenarios = memory_zeroed(request->list->count, sizeof *q->scenarios);
    q->records = memory_zeroed(request->list->count, sizeof *q->records);
    for (int heavy = 1; heavy >= 0; heavy--) {
        size_t record = 0;
        for (size_t i = 0; i < request->list->count; i++) {
            if (!request->chosen[i])
                continue;
            if (request->list->entries[i].heavy == (heavy == 1) &&
                request->list->entries[i].on_source == on_source) {
                q->scenarios[q->count] = request->list->entries[i].scenario;
                q->records[q->count++] = &q->run->record->scenarios[record];
            }
            record++;
        }
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
        rehearsal_run(q->run, q->scenarios[mine], q->records[mine]);
    }
}

static void record_jobs(struct run_record *record, size_t jobs)
{
    char *number = memory_format("%zu", jobs);
    record_add_circumstance(record, "jobs", number);
    free(number);
}

static void run_scenarios(struct run *run, const struct rehearse_request *request, bool on_source)
{
    struct queue q = {.run = run};
    fill_queue(&q, request, on_source);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t jobs = request->jobs ? request->jobs : (size_t)(processors > 0 ? processors : 1);
    if (jobs > q.count)
        jobs = q.count;
    if (!on_source)
        record_jobs(run->record, jobs);
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
    free(q.records);
}

static void announce_sweep(const struct run *run, const struct ground_sweep *swept)
{
    if (!swept->runs && !swept->databases)
        return;
    event_message(run->events, "swept what dead runs had left: %zu folders, %zu databases",
                  swept->runs, swept->databases);
}

static void keep_evidence(const struct run *run)
{
    struct connection c = {0};
    struct error e = {0};
    bool open = connection_open(&c, run->ground.server->url, NULL, &e);
    for (size_t i = 0; open && i < run->record->scenario_count; i++) {
        const char *database = run->record->scenarios[i].database;
        if (!database || !throwaway_keep(&c, database, run->ground.folder->id, &e))
            continue;
        event_message(run->events, "kept: database %s on %s", database,
                      run->ground.server->display);
    }
    connection_close(&c);
    if (!run->ground.server->is_embedded)
        return;
    const struct embedded *s = &run->ground.server->embedded;
    event_message(run->events,
                  "kept: %s; start it with %s/pg_ctl -D %s -o '-p 5432' start, as the owner of "
                  "that folder, connect with psql -h %s -U postgres; remove it with rm -r %s",
                  run->ground.folder->path, s->bin, s->data, s->socket, run->ground.folder->path);
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

static bool prepare(struct run *run, const struct rehearse_request *request, char **template,
                    struct error *e)
{
    struct ground *g = &run->ground;
    struct ground_sweep swept = {0};
    if (!open_source(run, request, e) ||
        !ground_open(g, request->server, g->migrator.definition->port, estimate_bytes(run), &swept,
                     e))
        return false;
    announce_sweep(run, &swept);
    if (run->certification)
        run->certification->source.request.mark = g->migrator.mark;
    circumstances_record(g, run->record);
    record_source(run);
    if (!server_check(g->server, (const char *const *)g->suite->extensions,
                      g->suite->extension_count, e))
        return false;
    bool good = !is_any_chosen(request, false) || baseline_build(g, template, e);
    g->template = *template;
    return good;
}

void rehearse(struct run *run, const struct rehearse_request *request)
{
    struct run_record *record = run->record;
    struct error e = {0};
    char *template = NULL;
    event_run(run->events, EVENT_RUN_BEGINS);
    for (size_t i = 0; i < run->left_out_count; i++)
        event_message(run->events, "left out %s", run->left_out[i]);
    bool prepared = prepare(run, request, &template, &e);
    if (run->ground.folder)
        record->id = memory_copy_of(run->ground.folder->id);
    if (prepared) {
        run_scenarios(run, request, true); /* with the machine to themselves: they are timed */
        run_scenarios(run, request, false);
    } else {
        record->error = memory_copy_of(e.message);
    }
    record->interrupted = cancel_is_raised(run->ground.cancel);
    if (run->certification)
        source_close(&run->certification->source);
    if (run->ground.keep && run->ground.server && run->ground.server->version > 0)
        keep_evidence(run);
    ground_close(&run->ground); /* what the scenarios could not drop themselves goes here */
    free(template);
    record->seconds = clock_seconds() - run->started;
    if (request->before_end)
        request->before_end(run, request->context);
    event_run(run->events, EVENT_RUN_ENDS);
}
