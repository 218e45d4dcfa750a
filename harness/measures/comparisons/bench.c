#include "measures/comparisons/bench.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "cost/cost.h"
#include "ground/baseline.h"
#include "ground/circumstances.h"
#include "ground/installation.h"
#include "ground/throwaway.h"
#include "postgres/url.h"

static const size_t longest_script = 64u << 20; /* bytes */

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

static bool choose_migrator(struct bench *b, const struct bench_request *request, struct error *e)
{
    const struct suite *suite = request->suite;
    const struct suite_migrator *definition =
        request->migrator ? suite_find_migrator(suite, request->migrator, e) : suite->migrators;
    if (!definition)
        return false;
    char *folder = request->migrations ? memory_copy_of(request->migrations)
                                       : suite_path(suite, definition->directory);
    b->run.ground.migrator = (struct migrator){.definition = definition,
                                               .directory = realpath(folder, NULL),
                                               .replaced = request->migrations != NULL,
                                               .path = installation_programs(),
                                               .cancel = request->cancel};
    bool good = b->run.ground.migrator.directory ||
                error_set(e, ERROR_USAGE, "%s: no such folder of migrations", folder);
    free(folder);
    return good;
}

bool bench_open(struct bench *b, const struct bench_request *request, struct error *e)
{
    *b = (struct bench){.folder = {.lock = -1}, .announcing = PTHREAD_MUTEX_INITIALIZER};
    b->run = (struct run){.ground = {.suite = request->suite,
                                     .server = &b->server,
                                     .folder = &b->folder,
                                     .cancel = request->cancel,
                                     .seed = request->seed,
                                     .time_limit = request->suite->time_limit,
                                     .output = request->output},
                          .record = &b->record,
                          .started = clock_seconds(),
                          .announcing = &b->announcing};
    if (!choose_migrator(b, request, e))
        return false;
    fill_record(b);
    run_folder_sweep();
    if (!run_folder_create(&b->folder, request->bytes, e))
        return false;
    b->record.id = memory_copy_of(b->folder.id);
    b->run.ground.migrator.mark = memory_format("%s=%s", run_id_variable, b->folder.id);
    if (!server_open(&b->server, request->server, request->suite,
                     b->run.ground.migrator.definition->port, &b->folder, request->cancel, e))
        return false;
    throwaway_sweep(&b->server.lease);
    circumstances_record(&b->run.ground, &b->record);
    return server_check(&b->server, (const char *const *)request->suite->extensions,
                        request->suite->extension_count, e);
}

bool bench_baseline(struct bench *b, const struct migrator *migrator, char **name, struct error *e)
{
    struct run run = b->run;
    run.ground.migrator = *migrator;
    return baseline_build(&run.ground, name, e);
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

static bool run_script(struct bench *b, struct connection *c, const char *relative, struct error *e)
{
    struct text sql = {0};
    char *path = suite_path(b->run.ground.suite, relative);
    bool good = text_read_file(&sql, path, longest_script) ||
                error_set(e, ERROR_USAGE, "%s: cannot be read", path);
    good = good && (connection_run(c, text_string(&sql), e) || error_prefix(e, "%s", path));
    free(path);
    text_release(&sql);
    return good;
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
                (!f->sql || run_script(b, &c, f->sql, e)) && generator_run(&c, &request, counts, e);
    connection_close(&c);
    free(path);
    return good;
}

bool bench_fill(struct bench *b, const char *baseline, const char *purpose,
                const struct generator_size *sizes, struct generator_counts *counts, char **name,
                struct error *e)
{
    struct generator_counts unwanted = {0};
    *name = throwaway_name(b->folder.id, purpose);
    char *url = url_with_database(b->server.url, *name, e);
    bool good = url && throwaway_create(&b->server.lease, *name, baseline, b->folder.id, e) &&
                fill(b, url, sizes, counts ? counts : &unwanted, e) &&
                cost_prepare(url, b->server.is_embedded, b->run.ground.cancel, e);
    generator_counts_release(&unwanted);
    free(url);
    return good;
}

bool bench_drop(struct bench *b, const char *name, struct error *e)
{
    return throwaway_drop(&b->server.lease, name, e);
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

/* Whether a failure is the server's and not the migration's. */
static bool blame(struct bench *b, const char *database, long offset,
                  const struct migrator_result *result, struct timing *t, struct error *e)
{
    struct error logged = {0};
    char *ending = process_ending_text(&result->process);
    server_logged_error(&b->server, database, offset, &logged);
    const char *said = logged.message[0] ? logged.message : migrator_last_line(result);
    t->complaint = memory_format("it %s%s%s", ending, *said ? ": " : "", said);
    free(ending);
    if (logged.sqlstate[0] && error_is_of_server(&logged))
        return error_set_sqlstate(e, ERROR_UNAVAILABLE, logged.sqlstate, "the server failed: %s",
                                  logged.message);
    struct connection probe = {0};
    struct error trial = {0};
    bool there = connection_open(&probe, b->server.url, b->run.ground.cancel, &trial);
    connection_close(&probe);
    return there || error_set(e, trial.kind, "lost the server: %s", trial.message);
}

static bool upgrade(struct bench *b, const struct migrator *migrator, const char *database,
                    bool with_ledger, struct timing *t, struct error *e)
{
    struct migrator_result result = {0};
    const char *target = b->run.ground.suite->target;
    double patience = ground_patience(&b->run.ground);
    long offset = server_log_offset(&b->server);
    bool port = migrator->definition->port;
    char *url = url_with_database(b->server.url, database, e);
    char *migrator_url =
        url_with_database(port ? b->server.migrator_url : b->server.url, database, e);
    char *folder = memory_format("%s/relay-%zu", b->folder.path, b->clones);
    struct cost_request request = {.migrator = migrator,
                                   .action = MIGRATOR_UPGRADE,
                                   .revision = target,
                                   .migrator_url = migrator_url,
                                   .url = url,
                                   .server_url = b->server.url,
                                   .folder = folder,
                                   .time_limit = patience,
                                   .cancel = b->run.ground.cancel,
                                   .is_ours = b->server.is_embedded};
    bool good = url && migrator_url &&
                (with_ledger ? cost_measure(&request, &t->cost, &result, e)
                             : migrator_run(migrator, MIGRATOR_UPGRADE, target, migrator_url,
                                            patience, &result, e));
    const struct process_result *p = &result.process;
    t->seconds = p->seconds;
    t->well = good && p->ending == PROCESS_EXITED && p->status == 0;
    if (good) {
        migrator_steps_read(&t->steps, migrator->definition->step, &result);
        stretch_steps(t);
    }
    if (good && !t->well)
        good = blame(b, database, offset, &result, t, e);
    migrator_result_release(&result);
    free(folder);
    free(migrator_url);
    free(url);
    return good;
}

bool bench_time(struct bench *b, const struct migrator *migrator, const char *template,
                bool with_ledger, struct timing *t, struct error *e)
{
    *t = (struct timing){0};
    char purpose[40];
    snprintf(purpose, sizeof purpose, "clone_%zu", ++b->clones);
    char *name = throwaway_name(b->folder.id, purpose);
    bool good = throwaway_create(&b->server.lease, name, template, b->folder.id, e) &&
                upgrade(b, migrator, name, with_ledger, t, e);
    struct error ignored = {0}; /* the end of the run drops what is left */
    throwaway_drop(&b->server.lease, name, good ? e : &ignored);
    free(name);
    return good && e->kind == ERROR_NONE;
}

void timing_release(struct timing *t)
{
    migrator_steps_release(&t->steps);
    cost_record_free(t->cost);
    free(t->complaint);
    *t = (struct timing){0};
}

void bench_close(struct bench *b)
{
    struct connection c = {0};
    struct error ignored = {0};
    b->record.interrupted = cancel_is_raised(b->run.ground.cancel);
    b->record.seconds = clock_seconds() - b->run.started;
    /* a connection of its own: the run's may be cancelled, or broken; one that was never reached
       has nothing of ours */
    if (!b->server.is_embedded && b->server.version > 0 &&
        connection_open(&c, b->server.url, NULL, &ignored))
        throwaway_drop_all(&c, b->folder.id);
    connection_close(&c);
    server_close(&b->server, false);
    run_folder_remove(&b->folder);
}

void bench_release(struct bench *b)
{
    migrator_release(&b->run.ground.migrator);
    record_release(&b->record);
    pthread_mutex_destroy(&b->announcing);
}
