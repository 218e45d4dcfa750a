#include "cost/cost.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "cost/entries.h"
#include "relay/relay.h"

/*
 * With synchronous_commit off the log may lag behind the commits, and VACUUM sets no hint bits for
 * a commit that is not flushed (SetHintBits() in heapam_visibility.c): the upgrade would dirty
 * every page that it reads, now and then. This flushes it, on a server of others too.
 */
static const char flush_log[] =
    "SET synchronous_commit = on; SELECT pg_logical_emit_message(true, 'pgrehearse', '')";

bool cost_prepare(const char *url, bool is_ours, const struct cancel *cancel, struct error *e)
{
    struct connection c = {0};
    bool good = connection_open(&c, url, cancel, e) && connection_run(&c, flush_log, e) &&
                connection_run(&c, "VACUUM ANALYZE", e) &&
                (!is_ours || connection_run(&c, "CHECKPOINT", e));
    connection_close(&c);
    return good;
}

static bool run(const struct cost_request *q, const char *url, struct migrator_result *result,
                struct error *e)
{
    struct migrator migrator = *q->migrator;
    migrator.direct = q->migrator_url;
    return migrator_run(&migrator, q->action, q->revision, url, q->time_limit, result, e);
}

/* The counters are sums over the whole run, then, and tables are reported as always. */
static bool run_directly(const struct cost_request *q, struct watch *w, const char *why,
                         struct migrator_result *result, struct error *e)
{
    watch_misses(w, "statements and locks: the migrator cannot be watched: %s", why);
    return run(q, q->migrator_url, result, e);
}

/* Through the relay; where that is not possible, `ledger` stays empty. */
static bool run_watched(const struct cost_request *q, struct watch *w, struct ledger *ledger,
                        struct migrator_result *result, struct error *e)
{
    const struct relay_hooks hooks = watch_hooks(w);
    struct error refused = {0};
    mkdir(q->folder, 0700);
    struct relay *relay = relay_start(q->migrator_url, q->folder, &hooks, &refused);
    if (!relay && refused.kind != ERROR_UNAVAILABLE)
        return error_take(e, &refused);
    if (!relay)
        return run_directly(q, w, refused.message, result, e);
    bool good = run(q, relay_url(relay), result, e);
    relay_stop(relay);
    relay_take_ledger(relay, ledger);
    relay_free(relay);
    if (!good || !ledger->refusal || ledger->total > 0)
        return good;
    /* it has never been let in, as where the server takes nobody without TLS */
    migrator_result_release(result);
    return run_directly(q, w, ledger->refusal, result, e);
}

static struct cost_record *make_record(const struct cost_request *q, struct watch *w,
                                       const struct ledger *ledger,
                                       const struct migrator_result *result)
{
    struct cost_record *c = memory_zeroed(1, sizeof *c);
    double started = result->process.started;
    entries_add_statements(c, ledger, w, started);
    entries_add_steps(c, q->migrator->definition->step, result);
    entries_add_locks(c, w, started);
    entries_add_tables(c, w);
    c->totals = counters_between(&w->first.counters, &w->last.counters);
    c->watched = w->waited;
    if (ledger->total == 0)
        c->seconds = result->process.seconds;
    if (ledger->total > ledger->count)
        watch_misses(w, "%zu statements of %zu", ledger->total - ledger->count, ledger->total);
    if (w->missing.length)
        c->missing = text_one_line(text_string(&w->missing));
    return c;
}

bool cost_measure(const struct cost_request *request, struct cost_record **record,
                  struct migrator_result *result, struct error *e)
{
    struct watch w;
    struct ledger ledger = {0};
    *record = NULL;
    *result = (struct migrator_result){0};
    bool good = watch_open(&w, request, e) && run_watched(request, &w, &ledger, result, e) &&
                watch_finish(&w, e);
    if (good)
        *record = make_record(request, &w, &ledger, result);
    watch_close(&w);
    ledger_release(&ledger);
    return good;
}
