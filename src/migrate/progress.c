#include "migrate/progress.h"

#include "base/memory.h"
#include "base/text.h"
#include "migrate/sql_split.h"

static const char *id_of(const struct revision *r)
{
    return r ? r->id : NULL;
}

const char *progress_from(const struct transition *t)
{
    return id_of(t->direction == DIRECTION_UP ? t->previous : t->revision);
}

const char *progress_to(const struct transition *t)
{
    return id_of(t->direction == DIRECTION_UP ? t->revision : t->previous);
}

const char *progress_step_word(const struct transition *t)
{
    return t->direction == DIRECTION_UP ? "Step" : "Rollback Step";
}

void progress_log_running(const struct transition *t)
{
    static const char logger[] = "alembic.runtime.migration";
    const struct revision *r = t->revision;
    const char *from = progress_from(t), *to = progress_to(t);
    bool up = t->direction == DIRECTION_UP;
    if (t->repeatable)
        migration_log_info(t->log, logger, "Running repeatable %s", r->id);
    else
        migration_log_info(t->log, logger, "Running %s %s%s-> %s, %s", up ? "upgrade" : "downgrade",
                           from ? from : "", from ? " " : "", to ? to : "",
                           !up && r->rollback ? r->rollback : r->message);
}

/* What is true after a rollback. */
static char *aftermath(const struct transition_progress *p)
{
    const struct transition *t = p->transition;
    if (p->exposed)
        return memory_copy_of("it ran outside a transaction, so what ran before it remains");
    if (t->first || t->rules->transaction == TRANSACTION_RUN)
        return memory_copy_of("rolled back, nothing has changed");
    const char *from = t->repeatable ? t->stays_at : progress_from(t);
    return memory_format("rolled back, the database stays at %s", from ? from : "base");
}

/* The line of the file at which the server's position lies. */
static size_t line_at(const struct migration_step *step, size_t position)
{
    size_t line = step->line, characters = 0;
    for (const unsigned char *p = (const unsigned char *)step->sql; *p; p++) {
        if ((*p & 0xC0) != 0x80 && ++characters >= position)
            break;
        line += *p == '\n';
    }
    return line;
}

/* The line at which the statement begins before which so many were completed. */
static size_t line_after(const struct migration_step *step, size_t completed)
{
    struct sql_list list;
    sql_split(&list, step->sql);
    size_t line = step->line;
    if (completed < list.count)
        line += list.statements[completed].line - 1;
    sql_list_release(&list);
    return line;
}

static size_t line_of(const struct migration_step *step, const struct statement_failure *f)
{
    if (f && f->line)
        return f->line;
    if (f && f->position)
        return line_at(step, f->position);
    return line_after(step, f ? f->completed : 0);
}

char *progress_where(const struct transition_progress *p, const struct statement_failure *f)
{
    const struct migration_part *part = p->part;
    struct text t = {0};
    text_append(&t, part->path ? part->path : p->transition->revision->path);
    if (p->at < part->step_count) {
        const struct migration_step *step = &part->steps[p->at];
        text_append_format(&t, ", line %zu", line_of(step, f));
        if (step->title)
            text_append_format(&t, ", step %zu/%zu '%s'", p->at + 1, part->total, step->title);
        else if (part->step_count > 1)
            text_append_format(&t, ", statement %zu of %zu", p->at + 1, part->step_count);
    } else {
        text_append(&t, ", at its commit");
    }
    return text_detach(&t);
}

static void roll_back(const struct transition *t)
{
    /* without a connection the server does it, when it finds that we are gone */
    if (!t->connection->pg || PQtransactionStatus(t->connection->pg) == PQTRANS_IDLE)
        return;
    struct statement_failure ignored;
    statement_run(t->connection, "ROLLBACK", &ignored);
    statement_failure_release(&ignored);
}

enum migrate_status progress_refused(struct transition_progress *p,
                                     const struct statement_failure *f)
{
    const struct transition *t = p->transition;
    roll_back(t);
    char *place = progress_where(p, f), *after = aftermath(p);
    migration_log_line(t->log, "ERROR [%s] %s (%s%s%s%s); %s", p->logger, f->message,
                       f->sqlstate[0] ? "SQLSTATE " : "", f->sqlstate, f->sqlstate[0] ? "; " : "",
                       place, after);
    if (f->detail)
        migration_log_line(t->log, "DETAIL: %s", f->detail);
    if (f->hint)
        migration_log_line(t->log, "HINT: %s", f->hint);
    /* of a RAISE it would only say where it is */
    if (f->context && strcmp(f->sqlstate, "P0001") != 0)
        migration_log_line(t->log, "CONTEXT: %s", f->context);
    free(place);
    free(after);
    p->failed = true;
    return MIGRATE_FAILED;
}

enum migrate_status progress_stopped(const struct transition_progress *p,
                                     enum statement_outcome outcome,
                                     const struct statement_failure *f)
{
    char *place = progress_where(p, f);
    if (outcome == STATEMENT_INTERRUPTED) {
        roll_back(p->transition);
        char *after = aftermath(p);
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

void progress_log_completion(const struct transition_progress *p, double seconds)
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
        migration_log_info(t->log, p->logger, "%s %zu/%zu: %.2fs (%s)", progress_step_word(t),
                           i + 1, p->part->total, p->seconds[i], p->part->steps[i].timing);
    }
    if (any)
        migration_log_info(t->log, p->logger, "Total: %.2fs", p->total);
}
