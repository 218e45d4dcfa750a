#include "migrate/transition.h"

#include "base/clock.h"
#include "base/memory.h"
#include "migrate/client_script.h"
#include "migrate/progress.h"

static enum migrate_status take_outcome(struct transition_progress *p,
                                        enum statement_outcome outcome,
                                        const struct statement_failure *f)
{
    if (outcome == STATEMENT_DONE)
        return MIGRATE_DONE;
    return outcome == STATEMENT_REFUSED ? progress_refused(p, f) : progress_stopped(p, outcome, f);
}

static enum migrate_status run_sql(struct transition_progress *p, const char *sql)
{
    struct statement_failure f;
    enum statement_outcome outcome = statement_run(p->transition->connection, sql, &f);
    enum migrate_status status = take_outcome(p, outcome, &f);
    statement_failure_release(&f);
    return status;
}

/* An error of a query about the version table, as a failure of the revision. */
static enum migrate_status take_error(struct transition_progress *p, struct error *e)
{
    struct statement_failure f = {.message = e->message};
    snprintf(f.sqlstate, sizeof f.sqlstate, "%s", e->sqlstate);
    if (e->kind == ERROR_INTERRUPTED)
        return progress_stopped(p, STATEMENT_INTERRUPTED, &f);
    if (e->kind == ERROR_UNAVAILABLE && PQstatus(p->transition->connection->pg) != CONNECTION_OK)
        return progress_stopped(p, STATEMENT_LOST, &f);
    return progress_refused(p, &f);
}

/* The file's own psql commands want psql. */
static enum migrate_status run_client(struct transition_progress *p, bool in_transaction)
{
    const struct transition *t = p->transition;
    const struct client_script script = {.part = p->part,
                                         .database = t->database,
                                         .log = t->log,
                                         .cancel = t->connection->cancel,
                                         .one_transaction = in_transaction};
    struct statement_failure f = {0};
    enum statement_outcome outcome = client_script_run(&script, &f, p->error);
    enum migrate_status status = MIGRATE_UNAVAILABLE; /* psql is missing */
    if (p->error->kind == ERROR_NONE)
        status = take_outcome(p, outcome, &f);
    statement_failure_release(&f);
    return status;
}

static enum migrate_status report_transaction(struct transition_progress *p, const char *what,
                                              const char *remedy)
{
    char *place = progress_where(p, NULL);
    migration_log_line(p->transition->log, "ERROR [%s] %s (%s); %s", p->logger, what, place,
                       remedy);
    free(place);
    p->failed = true;
    return MIGRATE_FAILED;
}

/* A step that ends the transaction breaks the promise of one transaction a revision. */
static enum migrate_status check_transaction(struct transition_progress *p)
{
    const struct transition *t = p->transition;
    if (PQtransactionStatus(t->connection->pg) == PQTRANS_INTRANS)
        return MIGRATE_DONE;
    p->exposed = true;
    if (t->rules->commit_inside)
        return MIGRATE_DONE;
    return report_transaction(
        p, "the SQL ended the transaction in which it runs",
        "remove its COMMIT or ROLLBACK, and check what it left in the database");
}

static enum migrate_status check_no_transaction(struct transition_progress *p)
{
    const struct transition *t = p->transition;
    if (PQtransactionStatus(t->connection->pg) == PQTRANS_IDLE)
        return MIGRATE_DONE;
    run_sql(p, "ROLLBACK");
    return report_transaction(p, "the SQL left a transaction open, which was rolled back",
                              "end it with COMMIT");
}

static enum migrate_status run_step(struct transition_progress *p,
                                    const struct migration_step *step, bool in_transaction)
{
    const struct transition *t = p->transition;
    const size_t number = p->at + 1;
    if (step->title)
        migration_log_info(t->log, p->logger, "%s %zu/%zu: %s", progress_step_word(t), number,
                           p->part->total, step->title);
    double started = clock_seconds();
    enum migrate_status status =
        p->part->psql ? run_client(p, in_transaction) : run_sql(p, step->sql);
    p->seconds[p->at] = clock_seconds() - started;
    p->total += p->seconds[p->at];
    if (status == MIGRATE_DONE && in_transaction && !p->part->psql)
        status = check_transaction(p);
    if (status == MIGRATE_DONE && step->title)
        migration_log_info(t->log, p->logger, "%s %zu/%zu: Complete%s%s", progress_step_word(t),
                           number, p->part->total, step->complete ? " - " : "",
                           step->complete ? step->complete : "");
    return status;
}

static enum migrate_status run_steps(struct transition_progress *p, bool in_transaction)
{
    enum migrate_status status = MIGRATE_DONE;
    for (p->at = 0; p->at < p->part->step_count && status == MIGRATE_DONE;) {
        status = run_step(p, &p->part->steps[p->at], in_transaction);
        if (status == MIGRATE_DONE)
            p->at++;
    }
    if (status == MIGRATE_DONE && !in_transaction)
        status = check_no_transaction(p);
    return status;
}

static const char *key_of(const struct revision *r)
{
    return r ? r->key : NULL;
}

static struct version_move move_of(const struct transition_progress *p, double seconds,
                                   const char *message)
{
    const struct transition *t = p->transition;
    bool up = t->direction == DIRECTION_UP;
    return (struct version_move){.revision = t->revision,
                                 .part = p->part,
                                 .repeatable = t->repeatable,
                                 .from = key_of(up ? t->previous : t->revision),
                                 .to = key_of(up ? t->revision : t->previous),
                                 .seconds = seconds,
                                 .message = message};
}

static enum migrate_status write_event(struct transition_progress *p, enum version_event event,
                                       double seconds)
{
    const struct transition *t = p->transition;
    struct error e = {0};
    struct version_move move = move_of(p, seconds, NULL);
    return version_table_write(t->versions, t->connection, event, &move, &e) ? MIGRATE_DONE
                                                                             : take_error(p, &e);
}

/* Not to be interrupted: we would not know whether it was done. */
static enum migrate_status commit(struct transition_progress *p)
{
    struct connection *c = p->transition->connection;
    const struct cancel *cancel = c->cancel;
    struct statement_failure f;
    c->cancel = NULL;
    enum statement_outcome outcome = statement_run(c, "COMMIT", &f);
    c->cancel = cancel;
    enum migrate_status status = MIGRATE_DONE;
    if (outcome == STATEMENT_REFUSED) {
        status = progress_refused(p, &f);
    } else if (outcome != STATEMENT_DONE) {
        error_set_sqlstate(p->error, ERROR_UNAVAILABLE, f.sqlstate,
                           "lost the connection to the server while committing %s, so the outcome "
                           "is unknown: 'pgrehearse-migrate current' shows it",
                           p->transition->revision->id);
        status = MIGRATE_UNAVAILABLE;
    }
    statement_failure_release(&f);
    return status;
}

static bool has_templates(const struct transition *t, enum version_event event)
{
    const struct layout_table *r = &t->rules->table;
    return event == EVENT_BEFORE ? r->before_count > 0 : r->after_count > 0;
}

/* An event in a transaction of its own. */
static enum migrate_status write_apart(struct transition_progress *p, enum version_event event,
                                       double seconds)
{
    if ((event == EVENT_BEFORE || event == EVENT_AFTER) && !has_templates(p->transition, event))
        return MIGRATE_DONE;
    enum migrate_status status = run_sql(p, "BEGIN");
    if (status == MIGRATE_DONE)
        status = write_event(p, event, seconds);
    return status == MIGRATE_DONE ? commit(p) : status;
}

static enum version_event done_event(const struct transition *t)
{
    return t->direction == DIRECTION_UP ? EVENT_UP : EVENT_DOWN;
}

/* Everything in one transaction, which the first of a run may open and its last close. */
static enum migrate_status run_within(struct transition_progress *p, double started)
{
    const struct transition *t = p->transition;
    bool shared = t->rules->transaction == TRANSACTION_RUN;
    enum migrate_status status = shared && !t->first ? MIGRATE_DONE : run_sql(p, "BEGIN");
    if (status == MIGRATE_DONE)
        status = run_steps(p, true);
    if (status == MIGRATE_DONE)
        status = write_event(p, done_event(t), clock_seconds() - started);
    return status == MIGRATE_DONE && (!shared || t->last) ? commit(p) : status;
}

/* The steps as they are, then the row. psql has a connection, and so a transaction, of its own. */
static enum migrate_status run_outside(struct transition_progress *p, double started)
{
    const struct transition *t = p->transition;
    bool one =
        p->part->psql && t->rules->transaction != TRANSACTION_NONE && !p->part->no_transaction;
    p->exposed = !one;
    enum migrate_status status = run_steps(p, one);
    p->exposed = true;
    return status == MIGRATE_DONE ? write_apart(p, done_event(t), clock_seconds() - started)
                                  : status;
}

static bool is_within(const struct transition_progress *p)
{
    return p->transition->rules->transaction != TRANSACTION_NONE && !p->part->no_transaction &&
           !p->part->psql;
}

/* What the tool would leave in its table; whether that succeeds changes nothing any more. */
static void write_failure(struct transition_progress *p, double started)
{
    const struct transition *t = p->transition;
    if (!p->failed || !t->rules->table.failed_count || !t->connection->pg)
        return;
    struct error ignored = {0};
    struct version_move move = move_of(p, clock_seconds() - started, "the migration failed");
    version_table_write(t->versions, t->connection, EVENT_FAILED, &move, &ignored);
}

static enum migrate_status run_part(struct transition_progress *p)
{
    const struct transition *t = p->transition;
    double started = clock_seconds();
    enum migrate_status status = write_apart(p, EVENT_BEFORE, 0);
    if (status == MIGRATE_DONE)
        status = is_within(p) ? run_within(p, started) : run_outside(p, started);
    double seconds = clock_seconds() - started;
    if (status == MIGRATE_DONE) {
        t->versions->exists = true;
        status = write_apart(p, EVENT_AFTER, seconds);
    }
    if (status == MIGRATE_DONE && t->rules->restore)
        status = run_sql(p, t->rules->restore);
    if (status == MIGRATE_DONE)
        progress_log_completion(p, seconds);
    else
        write_failure(p, started);
    return status;
}

static enum migrate_status no_way_back(const struct transition *t, struct error *e)
{
    error_set(e, ERROR_USAGE, "the migration has no way back: %s has no down part for revision %s",
              t->revision->path, t->revision->id);
    return MIGRATE_FAILED;
}

static enum migrate_status only_the_tool(const struct transition *t, struct error *e)
{
    error_set(e, ERROR_UNAVAILABLE, "%s is a program that only %s can run", t->revision->path,
              t->rules->title);
    return MIGRATE_UNAVAILABLE;
}

enum migrate_status transition_run(const struct transition *t, struct error *e)
{
    const struct revision *r = t->revision;
    struct transition_progress p = {
        .transition = t, .part = t->direction == DIRECTION_UP ? &r->up : &r->down, .error = e};
    if (!p.part->present)
        return no_way_back(t, e);
    if (p.part->program)
        return only_the_tool(t, e);
    p.logger = memory_format("migration.%s", r->id);
    p.seconds = memory_zeroed(p.part->step_count + 1, sizeof *p.seconds);
    progress_log_running(t);
    enum migrate_status status = run_part(&p);
    free(p.logger);
    free(p.seconds);
    return status;
}
