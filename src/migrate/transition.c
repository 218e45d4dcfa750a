#include "migrate/transition.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "migrate/statement.h"

struct progress {
    const struct transition *transition;
    const struct migration_part *part;
    char *logger;    /* "migration.002" */
    double *seconds; /* one for each step */
    double total;    /* of the steps */
    size_t at;       /* the step that runs; step_count: the revision's row, the commit */
    struct error *error;
};

static const char *from_id(const struct transition *t)
{
    return t->direction == DIRECTION_UP ? t->revision->parent : t->revision->id;
}

static const char *to_id(const struct transition *t)
{
    return t->direction == DIRECTION_UP ? t->revision->id : t->revision->parent;
}

static const char *step_word(const struct transition *t)
{
    return t->direction == DIRECTION_UP ? "Step" : "Rollback Step";
}

static void log_running(const struct transition *t)
{
    const struct revision *r = t->revision;
    const char *from = from_id(t), *to = to_id(t);
    bool up = t->direction == DIRECTION_UP;
    migration_log_info(t->log, "alembic.runtime.migration", "Running %s %s%s-> %s, %s",
                       up ? "upgrade" : "downgrade", from ? from : "", from ? " " : "",
                       to ? to : "", !up && r->rollback ? r->rollback : r->message);
}

/* What is true after a rollback. */
static char *aftermath(const struct transition *t)
{
    if (t->first)
        return memory_copy_of("rolled back, nothing was changed");
    const char *from = from_id(t);
    return memory_format("rolled back, the database stays at %s", from ? from : "base");
}

/* The line of the file at which the server's position lies. */
static size_t line_of(const struct migration_step *step, size_t position)
{
    size_t line = step->line, characters = 0;
    for (const unsigned char *p = (const unsigned char *)step->sql; *p; p++) {
        if ((*p & 0xC0) != 0x80 && ++characters >= position)
            break;
        line += *p == '\n';
    }
    return line;
}

/* "002_x.sql, line 12, step 3/10 'Adding…'" */
static char *where(const struct progress *p, size_t position)
{
    struct text t = {0};
    text_append(&t, p->transition->revision->path);
    if (p->at < p->part->step_count) {
        const struct migration_step *step = &p->part->steps[p->at];
        text_append_format(&t, ", line %zu", position ? line_of(step, position) : step->line);
        if (step->title)
            text_append_format(&t, ", step %zu/%zu '%s'", p->at + 1, p->part->total, step->title);
    } else {
        text_append(&t, ", at its commit");
    }
    return text_detach(&t);
}

static void roll_back(const struct transition *t)
{
    if (!t->connection->pg)
        return; /* the server does it, when it finds the connection closed */
    struct statement_failure ignored;
    statement_run(t->connection, "ROLLBACK", &ignored);
    statement_failure_release(&ignored);
}

static enum migrate_status refused(const struct progress *p, const struct statement_failure *f)
{
    const struct transition *t = p->transition;
    roll_back(t);
    char *place = where(p, f->position), *after = aftermath(t);
    migration_log_line(t->log, "ERROR [%s] %s (%s%s%s%s); %s", p->logger, f->message,
                       f->sqlstate[0] ? "SQLSTATE " : "", f->sqlstate, f->sqlstate[0] ? "; " : "",
                       place, after);
    if (f->detail)
        migration_log_line(t->log, "DETAIL: %s", f->detail);
    if (f->hint)
        migration_log_line(t->log, "HINT: %s", f->hint);
    /* of a RAISE it would only say where it stands */
    if (f->context && strcmp(f->sqlstate, "P0001") != 0)
        migration_log_line(t->log, "CONTEXT: %s", f->context);
    free(place);
    free(after);
    return MIGRATE_FAILED;
}

/* Whatever is not the server's refusal of our SQL. */
static enum migrate_status stopped(const struct progress *p, enum statement_outcome outcome,
                                   const struct statement_failure *f)
{
    char *place = where(p, 0);
    if (outcome == STATEMENT_INTERRUPTED) {
        roll_back(p->transition);
        char *after = aftermath(p->transition);
        error_set(p->error, ERROR_INTERRUPTED, "interrupted (%s); %s", place, after);
        free(after);
    } else {
        error_set_sqlstate(p->error, ERROR_UNAVAILABLE, f->sqlstate,
                           "lost the connection to the server (%s): %s; the server rolls back "
                           "what was not committed",
                           place, f->message);
    }
    free(place);
    return MIGRATE_UNAVAILABLE;
}

static enum migrate_status run_sql(const struct progress *p, const char *sql)
{
    struct statement_failure f;
    enum statement_outcome outcome = statement_run(p->transition->connection, sql, &f);
    enum migrate_status status = MIGRATE_DONE;
    if (outcome == STATEMENT_REFUSED)
        status = refused(p, &f);
    else if (outcome != STATEMENT_DONE)
        status = stopped(p, outcome, &f);
    statement_failure_release(&f);
    return status;
}

/* A step that ends the transaction has broken the promise of one transaction a revision. */
static enum migrate_status check_transaction(const struct progress *p)
{
    const struct transition *t = p->transition;
    if (PQtransactionStatus(t->connection->pg) == PQTRANS_INTRANS)
        return MIGRATE_DONE;
    char *place = where(p, 0);
    migration_log_line(t->log,
                       "ERROR [%s] the SQL ended the transaction in which it runs (%s); take the "
                       "COMMIT or ROLLBACK out of it, and see what it has left in the database",
                       p->logger, place);
    free(place);
    return MIGRATE_FAILED;
}

static enum migrate_status run_step(struct progress *p, const struct migration_step *step)
{
    const struct transition *t = p->transition;
    const size_t number = p->at + 1;
    if (step->title)
        migration_log_info(t->log, p->logger, "%s %zu/%zu: %s", step_word(t), number,
                           p->part->total, step->title);
    double started = clock_seconds();
    enum migrate_status status = run_sql(p, step->sql);
    p->seconds[p->at] = clock_seconds() - started;
    p->total += p->seconds[p->at];
    if (status == MIGRATE_DONE)
        status = check_transaction(p);
    if (status == MIGRATE_DONE && step->title)
        migration_log_info(t->log, p->logger, "%s %zu/%zu: Complete%s%s", step_word(t), number,
                           p->part->total, step->complete ? " - " : "",
                           step->complete ? step->complete : "");
    return status;
}

static enum migrate_status run_steps(struct progress *p)
{
    enum migrate_status status = MIGRATE_DONE;
    for (p->at = 0; p->at < p->part->step_count && status == MIGRATE_DONE;) {
        status = run_step(p, &p->part->steps[p->at]);
        if (status == MIGRATE_DONE)
            p->at++;
    }
    return status;
}

static enum migrate_status move_version(const struct progress *p)
{
    const struct transition *t = p->transition;
    struct error e = {0};
    if (version_table_move(t->versions, t->connection, from_id(t), to_id(t), &e))
        return MIGRATE_DONE;
    struct statement_failure f = {.message = e.message};
    snprintf(f.sqlstate, sizeof f.sqlstate, "%s", e.sqlstate);
    if (e.kind == ERROR_INTERRUPTED)
        return stopped(p, STATEMENT_INTERRUPTED, &f);
    if (e.kind == ERROR_UNAVAILABLE && PQstatus(t->connection->pg) != CONNECTION_OK)
        return stopped(p, STATEMENT_LOST, &f);
    return refused(p, &f);
}

/* Not to be interrupted: we would not know whether it was done. */
static enum migrate_status commit(const struct progress *p)
{
    struct connection *c = p->transition->connection;
    const struct cancel *cancel = c->cancel;
    struct statement_failure f;
    c->cancel = NULL;
    enum statement_outcome outcome = statement_run(c, "COMMIT", &f);
    c->cancel = cancel;
    enum migrate_status status = MIGRATE_DONE;
    if (outcome == STATEMENT_REFUSED) {
        status = refused(p, &f);
    } else if (outcome != STATEMENT_DONE) {
        error_set_sqlstate(p->error, ERROR_UNAVAILABLE, f.sqlstate,
                           "lost the connection to the server at the commit of %s, so it is not "
                           "known whether it was done: 'pgrehearse-migrate current' tells",
                           p->transition->revision->id);
        status = MIGRATE_UNAVAILABLE;
    }
    statement_failure_release(&f);
    return status;
}

static void log_completion(const struct progress *p, double seconds)
{
    const struct transition *t = p->transition;
    if (!p->part->total)
        return;
    migration_log_info(t->log, p->logger, "Migration %s%s completed successfully in %.2fs",
                       t->revision->id, t->direction == DIRECTION_UP ? "" : " rollback", seconds);
    bool any = false;
    for (size_t i = 0; i < p->part->step_count; i++) {
        if (!p->part->steps[i].timing)
            continue;
        any = true;
        migration_log_info(t->log, p->logger, "%s %zu/%zu: %.2fs (%s)", step_word(t), i + 1,
                           p->part->total, p->seconds[i], p->part->steps[i].timing);
    }
    if (any)
        migration_log_info(t->log, p->logger, "Total: %.2fs", p->total);
}

enum migrate_status transition_run(const struct transition *t, struct error *e)
{
    const struct revision *r = t->revision;
    struct progress p = {
        .transition = t, .part = t->direction == DIRECTION_UP ? &r->up : &r->down, .error = e};
    if (!p.part->present) {
        error_set(e, ERROR_USAGE, "revision %s cannot be undone: %s has no '-- down' part", r->id,
                  r->path);
        return MIGRATE_USAGE;
    }
    p.logger = memory_format("migration.%s", r->id);
    p.seconds = memory_zeroed(p.part->step_count, sizeof *p.seconds);
    log_running(t);
    double started = clock_seconds();
    enum migrate_status status = run_sql(&p, "BEGIN");
    if (status == MIGRATE_DONE)
        status = run_steps(&p);
    if (status == MIGRATE_DONE)
        status = move_version(&p);
    if (status == MIGRATE_DONE)
        status = commit(&p);
    if (status == MIGRATE_DONE) {
        t->versions->exists = true;
        log_completion(&p, clock_seconds() - started);
    }
    free(p.logger);
    free(p.seconds);
    return status;
}
