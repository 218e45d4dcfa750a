#include "measures/comparisons/bench.h"

#include "base/clock.h"
#include "base/memory.h"
#include "cost/cost.h"
#include "ground/baseline.h"
#include "ground/circumstances.h"
#include "ground/clone.h"
#include "ground/culprit.h"
#include "ground/throwaway.h"
#include "rehearsal/shape_fit.h"

/* Rows of 20 kB, in the template and twice in a clone; the product of the sizes is their number. */
uint64_t bench_bytes(const struct suite *suite, const struct generator_size *sizes)
{
    double rows = 1;
    for (unsigned i = 0; i < suite->size_count; i++)
        if (!suite->sizes[i].maximum && sizes[i].value > 0)
            rows *= (double)sizes[i].value;
    double bytes = 256e6 + 3 * 20e3 * rows;
    return bytes < 1e15 ? (uint64_t)bytes : (uint64_t)1e15;
}

static void fill_record(struct bench *b)
{
    struct run_record *record = &b->record;
    record->version = memory_copy_of(PGREHEARSE_VERSION);
    record->suite = memory_copy_of(b->run.ground.suite->name);
    record->suite_path = memory_copy_of(b->run.ground.suite->folder);
    record->migrator = memory_copy_of(b->run.ground.migrator.definition->name);
    record->migrations = memory_copy_of(b->run.ground.migrator.directory);
    record->baseline = memory_copy_of(b->run.ground.suite->baseline);
    record->target = memory_copy_of(b->run.ground.suite->target);
    clock_date(record->started_at, sizeof record->started_at);
}

bool bench_open(struct bench *b, const struct bench_request *request, struct error *e)
{
    struct ground_sweep swept = {0};
    *b = (struct bench){0};
    b->run = (struct run){.ground = {.suite = request->suite,
                                     .cancel = request->cancel,
                                     .seed = request->seed,
                                     .shape = request->shape,
                                     .shape_path = request->shape_path,
                                     .time_limit = request->suite->time_limit,
                                     .output = request->output},
                          .record = &b->record,
                          .events = request->events,
                          .started = clock_seconds()};
    struct ground *g = &b->run.ground;
    if (!ground_choose_migrator(&g->migrator, request->suite, request->migrator,
                                request->migrations, request->cancel, e))
        return false;
    fill_record(b);
    bool good = ground_open(g, request->server, migrator_needs_port(&g->migrator), request->bytes,
                            &swept, e);
    b->record.id = memory_copy_of(g->folder->id);
    if (!good)
        return false;
    circumstances_record(g, &b->record);
    return server_check(g->server, (const char *const *)request->suite->extensions,
                        request->suite->extension_count, e);
}

bool bench_baseline(struct bench *b, const struct migrator *migrator, char **name, struct error *e)
{
    struct ground ground = b->run.ground;
    ground.migrator = *migrator;
    return baseline_build(&ground, name, e);
}

bool bench_settle(struct bench *b, const char *baseline, struct error *e)
{
    bool first = !b->shaped;
    b->shaped = true;
    return (!first || shape_fits(&b->run, baseline, e)) &&
           shape_settle(&b->run, baseline, first, e);
}

static const struct suite_fixture *find_fixture(const struct suite *suite, struct error *e)
{
    for (unsigned i = 0; i < suite->fixture_count; i++)
        if (suite->fixtures[i].recipe && suite->fixtures[i].size_count == 0)
            return &suite->fixtures[i];
    error_set(e, ERROR_USAGE, "suite %s has no fixture with a recipe whose sizes can be chosen",
              suite->name);
    return NULL;
}

static bool fill(struct bench *b, const char *url, const struct generator_size *sizes,
                 struct generator_counts *counts, struct error *e)
{
    const struct suite_fixture *f = find_fixture(b->run.ground.suite, e);
    if (!f)
        return false;
    struct connection c = {0};
    char *path = suite_path(b->run.ground.suite, f->recipe);
    struct generator_request request = {.recipe_path = path,
                                        .sizes = sizes,
                                        .size_count = b->run.ground.suite->size_count,
                                        .seed = b->run.ground.seed};
    bool good = connection_open(&c, url, b->run.ground.cancel, e) &&
                (!f->sql || ground_run_script(&b->run.ground, &c, f->sql, e)) &&
                generator_run(&c, &request, counts, e);
    connection_close(&c);
    free(path);
    return good;
}

bool bench_fill(struct bench *b, const char *baseline, const char *purpose,
                const struct generator_size *sizes, struct generator_counts *counts, char **name,
                struct error *e)
{
    struct generator_counts unwanted = {0};
    const struct ground *g = &b->run.ground;
    struct clone clone = {0};
    bool good = ground_clone(g, &g->server->lease, purpose, baseline, &clone, e) &&
                fill(b, clone.url, sizes, counts ? counts : &unwanted, e) &&
                cost_prepare(clone.url, g->server->is_embedded, g->cancel, e);
    generator_counts_release(&unwanted);
    *name = memory_copy_of(clone.database);
    clone_release(&clone);
    return good;
}

bool bench_drop(struct bench *b, const char *name, struct error *e)
{
    return throwaway_drop(&b->run.ground.server->lease, name, e);
}

/* Whatever it spends until the next step begins is the step's. */
static void stretch_steps(struct timing *t)
{
    struct migrator_steps *s = &t->steps;
    double first = t->seconds;
    for (size_t i = 0; i < s->count; i++)
        if (s->items[i].first < first)
            first = s->items[i].first;
    for (size_t i = 0; i < s->count; i++) {
        double next = t->seconds;
        for (size_t j = 0; j < s->count; j++) {
            /* lines that came at once: all of the time is the last one's */
            bool later = s->items[j].first > s->items[i].first ||
                         (j > i && s->items[j].first >= s->items[i].first);
            if (later && s->items[j].first < next)
                next = s->items[j].first;
        }
        s->items[i].seconds = next - s->items[i].first;
    }
    t->upgrade = s->count ? t->seconds - first : t->seconds;
}

/* What the server says of a failure, else the migrator. */
static char *complaint(const struct migrator_result *result, const struct error *logged)
{
    char *ending = process_ending_text(&result->process);
    const char *said = culprit_complaint(result, logged);
    char *line = memory_format("it %s%s%s", ending, *said ? ": " : "", said);
    free(ending);
    return line;
}

static bool run_upgrade(struct bench *b, const struct migrator *migrator, const struct clone *clone,
                        bool with_ledger, struct timing *t, struct migrator_result *result,
                        struct error *e)
{
    const struct ground *g = &b->run.ground;
    char *folder = memory_format("%s/relay-%zu", g->folder->sockets, b->clones);
    struct cost_request request = {.migrator = migrator,
                                   .action = MIGRATOR_UPGRADE,
                                   .revision = g->suite->target,
                                   .migrator_url = clone->migrator_url,
                                   .url = clone->url,
                                   .server_url = g->server->url,
                                   .folder = folder,
                                   .time_limit = ground_patience(g),
                                   .cancel = g->cancel,
                                   .is_ours = g->server->is_embedded};
    bool good = cluster_enter(g->cluster, NULL, clone->database, e) &&
                (with_ledger ? cost_measure(&request, &t->cost, result, e)
                             : migrator_run(migrator, MIGRATOR_UPGRADE, g->suite->target,
                                            clone->migrator_url, ground_patience(g), result, e));
    struct error ignored = {0};
    good = cluster_leave(g->cluster, NULL, clone->database, false, good ? e : &ignored) && good;
    free(folder);
    return good;
}

static bool upgrade(struct bench *b, const struct migrator *migrator, const struct clone *clone,
                    bool with_ledger, struct timing *t, struct error *e)
{
    struct migrator_result result = {0};
    struct error logged = {0};
    struct culprit culprit;
    const struct ground *g = &b->run.ground;
    culprit_watch(&culprit, g, &g->server->lease, clone->database, clone->url);
    bool good = run_upgrade(b, migrator, clone, with_ledger, t, &result, e);
    const struct process_result *p = &result.process;
    t->seconds = p->seconds;
    t->well = good && process_succeeded(p);
    if (good) {
        migrator_steps_read(&t->steps, migrator->definition->step, &result);
        stretch_steps(t);
    }
    if (good && !t->well) {
        good = p->ending == PROCESS_TIMED_OUT || culprit_is_migrator(&culprit, &result, &logged, e);
        t->complaint = complaint(&result, &logged);
        culprit_place(&culprit, migrator, &result, &t->file, &t->line);
    }
    migrator_result_release(&result);
    return good;
}

bool bench_time(struct bench *b, const struct migrator *migrator, const char *template,
                bool with_ledger, struct timing *t, struct error *e)
{
    *t = (struct timing){0};
    char purpose[40];
    const struct ground *g = &b->run.ground;
    struct clone clone = {0};
    snprintf(purpose, sizeof purpose, "clone_%zu", ++b->clones);
    bool good = ground_clone(g, &g->server->lease, purpose, template, &clone, e) &&
                upgrade(b, migrator, &clone, with_ledger, t, e);
    struct error ignored = {0}; /* the end of the run drops what is left */
    clone_drop(&clone, &g->server->lease, good ? e : &ignored);
    return good && e->kind == ERROR_NONE;
}

void timing_release(struct timing *t)
{
    migrator_steps_release(&t->steps);
    cost_record_free(t->cost);
    free(t->complaint);
    free(t->file);
    *t = (struct timing){0};
}

void bench_close(struct bench *b)
{
    b->record.interrupted = cancel_is_raised(b->run.ground.cancel);
    b->record.seconds = clock_seconds() - b->run.started;
    struct error left = {0};
    if (ground_close(&b->run.ground, &left))
        return;
    if (b->record.error)
        event_message(b->run.events, "WARNING: left behind: %s", left.message);
    else
        b->record.error = memory_format("left behind: %s", left.message);
}

void bench_release(struct bench *b)
{
    migrator_release(&b->run.ground.migrator);
    record_release(&b->record);
}
