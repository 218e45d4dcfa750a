#include "cost/watch.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

static const char boundary_name[] = "boundary";

/* Looking at sizes needs a lock of the weakest kind, and nobody shall wait for us for it. */
static const char inside_settings[] = "SET lock_timeout = '10s'";
static const char inside_quiet[] = "SET pg_stat_statements.track = 'none'";

void watch_misses(struct watch *w, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *line = memory_format_list(format, arguments);
    va_end(arguments);
    text_append_format(&w->missing, "%s%s", w->missing.length ? "; " : "", line);
    free(line);
}

static bool ask(struct watch *w, int backend, struct error *e)
{
    char pid[16];
    snprintf(pid, sizeof pid, "%d", backend);
    const char *const values[] = {pid, w->source.database};
    return connection_ask(&w->server, boundary_name, 2, values, e);
}

/* Reads the counters alone: the next statement's are counted from here. */
static bool read_counters(struct watch *w, struct counter_reading *reading, struct error *e)
{
    PGresult *rows = ask(w, 0, e) ? connection_answer(&w->server, e) : NULL;
    if (rows)
        *reading = counters_read(rows);
    PQclear(rows);
    return rows != NULL;
}

/* Counters in the first row, a lock in each other: so nothing is sent twice. */
static bool prepare_boundary(struct watch *w, struct error *e)
{
    char *query = memory_format("SELECT c.*, " LOCK_COLUMNS " FROM (%s) c "
                                "LEFT JOIN pg_locks l ON false UNION ALL "
                                "SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, " LOCK_COLUMNS
                                " FROM pg_locks l WHERE l.pid = $1::int",
                                w->source.query);
    bool good = connection_run(&w->server, "SET plan_cache_mode = 'force_generic_plan'", e) &&
                connection_prepare(&w->server, boundary_name, query, e);
    free(query);
    return good;
}

static bool find_counters(struct watch *w, struct error *e)
{
    struct error ignored = {0};
    const struct cost_request *q = w->request;
    if (q->without_counters)
        watch_misses(w, "the counters: other sessions use the same database");
    if (!counters_find(&w->source, &w->server, &w->inside, !q->without_counters, q->is_ours,
                       &w->missing, e))
        return false;
    w->inside_counts = w->source.known && !connection_run(&w->inside, inside_quiet, &ignored);
    return true;
}

bool watch_open(struct watch *w, const struct cost_request *request, struct error *e)
{
    *w = (struct watch){.request = request};
    return connection_open(&w->server, request->server_url, request->cancel, e) &&
           connection_open(&w->inside, request->url, request->cancel, e) &&
           connection_run(&w->inside, inside_settings, e) && find_counters(w, e) &&
           prepare_boundary(w, e) && relations_prepare(&w->inside, e) &&
           relations_look(&w->relations, &w->inside, LOOK_FIRST, NULL, NULL, e) &&
           lock_sampler_start(&w->locks, request->server_url, request->cancel, e) &&
           read_counters(w, &w->first, e) && (w->last = w->first, true);
}

static struct watched_statement *statement(struct watch *w, size_t number)
{
    size_t wanted = number < LEDGER_MOST_STATEMENTS ? number : LEDGER_MOST_STATEMENTS;
    while (w->statement_count < wanted) {
        struct watched_statement *s =
            memory_append(&w->statements, &w->statement_count, sizeof *w->statements);
        s->counters = counters_unknown;
    }
    return &w->statements[wanted - 1];
}

static struct watched_connection *connection(struct watch *w, size_t number)
{
    while (w->connection_count < number) {
        struct watched_connection *c =
            memory_append(&w->connections, &w->connection_count, sizeof *w->connections);
        c->transaction = 'I';
    }
    return &w->connections[number - 1];
}

/*
 * A table that was rewritten has the file that was made for a new relation, whose oid is the file's
 * number; that relation is gone, but its lock stays until the transaction ends (make_new_heap() in
 * PostgreSQL's cluster.c). A TRUNCATE makes a file without one.
 */
static size_t blame(void *context, const struct relation *r)
{
    struct watch *w = context;
    const struct lock_moment *m = &w->boundary.moment;
    if (w->boundary.stage != BOUNDARY_NONE && w->boundary.alone)
        return m->statement;
    pthread_mutex_lock(&w->locks.lock);
    size_t taker = lock_ledger_taker(&w->locks.ledger, r->file), truncating = 0;
    pthread_mutex_unlock(&w->locks.lock);
    if (taker)
        return taker;
    for (size_t i = 0; i < w->statement_count; i++)
        if (w->statements[i].truncates)
            truncating = truncating ? SIZE_MAX : i + 1; /* which one, cannot be determined */
    return truncating == SIZE_MAX ? 0 : truncating;
}

static void ask_boundary(struct watch *w)
{
    static const char *const without_sizes[] = {"f"};
    struct watched_boundary *b = &w->boundary;
    if (ask(w, b->moment.backend, &w->trouble) &&
        (!b->wants_relations ||
         connection_ask(&w->inside, relations_query, 1, without_sizes, &w->trouble)))
        b->stage = BOUNDARY_ASKED;
}

/* The server's part ends with this. */
static void await_boundary(struct watch *w)
{
    struct watched_boundary *b = &w->boundary;
    b->rows = connection_answer(&w->server, &w->trouble);
    if (b->rows && b->wants_relations)
        b->relations = connection_answer(&w->inside, &w->trouble);
    if (b->relations && w->inside_counts)
        read_counters(w, &b->afterwards, &w->trouble);
    b->stage = BOUNDARY_ANSWERED;
}

static void take_boundary(struct watch *w)
{
    struct watched_boundary *b = &w->boundary;
    struct counter_reading reading = counters_read(b->rows);
    statement(w, b->moment.statement)->counters =
        counters_between(&w->last.counters, &reading.counters);
    w->last = b->relations && w->inside_counts ? b->afterwards : reading;
    bool strong = false, seen = lock_sampler_boundary(&w->locks, b->rows, COUNTER_COLUMN_COUNT,
                                                      &b->moment, &strong);
    connection(w, b->connection)->strong = strong;
    if (b->transaction == 'T' && !seen)
        w->blind = true;
    if (b->relations)
        relations_note(&w->relations, b->relations, LOOK_BETWEEN, blame, w);
}

static void forget_boundary(struct watched_boundary *b)
{
    PQclear(b->rows);
    PQclear(b->relations);
    *b = (struct watched_boundary){.stage = BOUNDARY_NONE};
}

/* Brings the last boundary on to a stage; BOUNDARY_NONE is the last. */
static void bring_boundary_to(struct watch *w, enum boundary_stage wanted)
{
    struct watched_boundary *b = &w->boundary;
    while (b->stage != BOUNDARY_NONE && b->stage != wanted && w->trouble.kind == ERROR_NONE) {
        if (b->stage == BOUNDARY_DUE) {
            ask_boundary(w);
        } else if (b->stage == BOUNDARY_ASKED) {
            await_boundary(w);
        } else {
            take_boundary(w);
            forget_boundary(b);
        }
    }
    if (w->trouble.kind != ERROR_NONE)
        forget_boundary(b);
}

/* All that has been put off. */
static void settle(struct watch *w)
{
    bring_boundary_to(w, BOUNDARY_NONE);
    if (w->begun.statement)
        lock_sampler_begin(&w->locks, &w->begun);
    w->begun = (struct lock_moment){0};
}

/* Here the server may not do anything else any more for the last boundary; what we do with its
   answer has time until the statement is under way. */
static enum relay_answer before(void *context, const struct ledger_statement *s)
{
    struct watch *w = context;
    double called = clock_seconds();
    if (w->begun.statement) /* another connection's */
        settle(w);
    bring_boundary_to(w, BOUNDARY_ANSWERED);
    w->begun =
        (struct lock_moment){.statement = s->number,
                             .backend = s->backend,
                             .started = clock_seconds(),
                             .in_transaction = connection(w, s->connection)->transaction != 'I'};
    w->waited += clock_seconds() - called;
    return RELAY_PASS;
}

/* By its tag a statement on its own that can have given a table another file. */
static bool may_rewrite(const char *tag)
{
    static const char *const harmless[] = {"SELECT", "INSERT", "UPDATE", "DELETE", "SET",
                                           "SHOW",   "RESET",  "BEGIN",  "START",  "DISCARD"};
    for (size_t i = 0; tag && i < sizeof harmless / sizeof *harmless; i++)
        if (strncmp(tag, harmless[i], strlen(harmless[i])) == 0)
            return false;
    return tag != NULL;
}

/* In which transaction the statement was: one that begins with it, goes on, or ends with it. */
static void note_transaction(struct watch *w, const struct ledger_statement *s,
                             struct watched_connection *c)
{
    if (c->transaction == 'I')
        c->number = s->transaction == 'I' ? 0 : ++w->transactions;
    struct watched_statement *mine = statement(w, s->number);
    mine->transaction = c->number;
    mine->truncates = s->tag && strncmp(s->tag, "TRUNCATE", 8) == 0;
}

static enum relay_answer after(void *context, const struct ledger_statement *s)
{
    struct watch *w = context;
    double called = clock_seconds();
    settle(w);
    struct watched_connection *c = connection(w, s->connection);
    note_transaction(w, s, c);
    bool alone = c->transaction == 'I' && s->transaction == 'I', ends = s->transaction == 'I';
    w->boundary = (struct watched_boundary){
        .stage = w->trouble.kind == ERROR_NONE ? BOUNDARY_DUE : BOUNDARY_NONE,
        .moment = {.statement = s->number,
                   .backend = s->backend,
                   .started = s->started,
                   .now = s->started + s->seconds,
                   .previous_sample = lock_sampler_end(&w->locks, s->number),
                   .in_transaction = !alone},
        .connection = s->connection,
        .alone = alone,
        .wants_relations = ends && (alone ? may_rewrite(s->tag) : c->strong),
        .transaction = s->transaction};
    c->transaction = s->transaction;
    w->waited += clock_seconds() - called;
    return RELAY_PASS;
}

/* The client has its answer, or the server its statement. */
static void aside(void *context)
{
    struct watch *w = context;
    if (w->boundary.stage == BOUNDARY_DUE)
        bring_boundary_to(w, BOUNDARY_ASKED);
    else if (w->begun.statement)
        settle(w);
}

struct relay_hooks watch_hooks(struct watch *w)
{
    return (struct relay_hooks){w, before, after, aside};
}

bool watch_finish(struct watch *w, struct error *e)
{
    settle(w);
    lock_sampler_stop(&w->locks);
    lock_ledger_finish(&w->locks.ledger, clock_seconds());
    if (w->trouble.kind != ERROR_NONE)
        return error_take(e, &w->trouble);
    if (w->locks.overlapped && w->source.known)
        watch_misses(w, "which of several simultaneous statements used how much: the counters of "
                        "all are credited to one");
    if (w->blind)
        watch_misses(w, "the locks of sessions that pg_locks lists under another process ID than "
                        "the migrator received");
    if (w->first.forgotten != w->last.forgotten)
        watch_misses(
            w, "some counters: pg_stat_statements evicted entries; raise pg_stat_statements.max");
    return read_counters(w, &w->last, e) &&
           relations_look(&w->relations, &w->inside, LOOK_LAST, blame, w, e);
}

void watch_close(struct watch *w)
{
    lock_sampler_release(&w->locks);
    forget_boundary(&w->boundary);
    if (w->server.pg)
        counters_give_back(&w->source, &w->server);
    counters_release(&w->source);
    connection_close(&w->server);
    connection_close(&w->inside);
    relations_release(&w->relations);
    free(w->statements);
    free(w->connections);
    text_release(&w->missing);
}
