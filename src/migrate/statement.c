#include "migrate/statement.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "postgres/cancel_request.h"
#include "postgres/server_life.h"

static const double request_limit = 2;   /* seconds that asking for the cancel may take */
static const double cancel_limit = 10.0; /* seconds that a cancelled statement may take to end */

/*
 * Waits for the socket, until `deadline` if that is not 0; then the cancel is not heard. Otherwise
 * until a process of the server that is stopped shows that nothing will come.
 */
static enum statement_outcome wait_for(const struct connection *c, short events, double deadline)
{
    struct pollfd fds[2] = {{.fd = PQsocket(c->pg), .events = events},
                            {.fd = c->cancel ? c->cancel->fd : -1, .events = POLLIN}};
    struct server_life life;
    server_life_begin(&life, c->pg);
    for (;;) {
        double left = deadline > 0 ? deadline - clock_seconds() : 0;
        if (deadline > 0 && left <= 0)
            return STATEMENT_LOST;
        int ready = poll(fds, deadline > 0 ? 1 : 2, deadline > 0 ? (int)(left * 1000) + 1 : 1000);
        if (ready == 0 && deadline <= 0 && server_life_is_stopped(&life))
            return STATEMENT_LOST;
        if (ready < 0 && errno != EINTR)
            return STATEMENT_LOST;
        if (ready > 0 && deadline == 0 && fds[1].revents)
            return STATEMENT_INTERRUPTED;
        if (ready > 0 && fds[0].revents)
            return STATEMENT_DONE;
    }
}

static char *field(const PGresult *result, int code)
{
    const char *value = PQresultErrorField(result, code);
    return value ? text_one_line(value) : NULL;
}

/* The first error of a command is kept. */
static void note_failure(const PGresult *result, struct statement_failure *f)
{
    if (f->message)
        return;
    f->message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    if (!f->message)
        f->message = text_one_line(PQresultErrorMessage(result));
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    snprintf(f->sqlstate, sizeof f->sqlstate, "%s", sqlstate ? sqlstate : "");
    f->detail = field(result, PG_DIAG_MESSAGE_DETAIL);
    f->hint = field(result, PG_DIAG_MESSAGE_HINT);
    f->context = field(result, PG_DIAG_CONTEXT);
    const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
    f->position = position ? strtoul(position, NULL, 10) : 0;
}

static enum statement_outcome lost(const struct connection *c, struct statement_failure *f)
{
    if (!f->message)
        f->message = text_one_line(PQerrorMessage(c->pg));
    if (!*f->message) {
        free(f->message);
        f->message = memory_copy_of("no answer from the server: its process is stopped");
    }
    return STATEMENT_LOST;
}

static void ask_to_stop(const struct connection *c)
{
    cancel_request_send(c->pg, request_limit);
}

static enum statement_outcome flush_output(const struct connection *c)
{
    int pending;
    while ((pending = PQflush(c->pg)) > 0) {
        enum statement_outcome waited = wait_for(c, POLLIN | POLLOUT, 0);
        if (waited != STATEMENT_DONE)
            return STATEMENT_LOST; /* half a statement went out: nothing can be said after it */
        if (!PQconsumeInput(c->pg))
            return STATEMENT_LOST;
    }
    return pending == 0 ? STATEMENT_DONE : STATEMENT_LOST;
}

/* The first cancel is passed on, and sets the deadline; false when nothing more will come. */
static bool wait_for_more(const struct connection *c, double *deadline)
{
    enum statement_outcome waited = wait_for(c, POLLIN, *deadline);
    if (waited == STATEMENT_INTERRUPTED) {
        ask_to_stop(c);
        *deadline = clock_seconds() + cancel_limit;
        return true;
    }
    return waited == STATEMENT_DONE && PQconsumeInput(c->pg);
}

/* COPY … TO STDOUT has nobody to read its rows. */
static bool skip_rows(const struct connection *c, double *deadline)
{
    char *row;
    int length;
    while ((length = PQgetCopyData(c->pg, &row, 1)) >= 0)
        if (length > 0)
            PQfreemem(row);
        else if (!wait_for_more(c, deadline))
            return false;
    return true;
}

/* COPY … FROM STDIN has nobody to send its rows: it ends as an error of the server's. */
static bool take_result(const struct connection *c, const PGresult *result, double *deadline,
                        struct statement_failure *f)
{
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COPY_IN) {
        PQputCopyEnd(c->pg, "a migration cannot COPY from its client");
    } else if (status == PGRES_COPY_OUT) {
        return skip_rows(c, deadline);
    } else if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
        note_failure(result, f);
    } else if (!f->message) {
        f->completed++;
    }
    return true;
}

/* Reads results until the server is ready again. */
static enum statement_outcome drain(const struct connection *c, struct statement_failure *f)
{
    double deadline = 0;
    for (;;) {
        while (PQisBusy(c->pg))
            if (!wait_for_more(c, &deadline))
                return lost(c, f);
        PGresult *result = PQgetResult(c->pg);
        if (!result)
            break;
        bool more = take_result(c, result, &deadline, f);
        PQclear(result);
        if (!more)
            return lost(c, f);
    }
    if (PQstatus(c->pg) != CONNECTION_OK)
        return lost(c, f);
    if (deadline > 0)
        return STATEMENT_INTERRUPTED;
    return f->message ? STATEMENT_REFUSED : STATEMENT_DONE;
}

enum statement_outcome statement_run(struct connection *c, const char *sql,
                                     struct statement_failure *f)
{
    *f = (struct statement_failure){0};
    if (!PQsendQuery(c->pg, sql) || flush_output(c) != STATEMENT_DONE)
        return lost(c, f);
    return drain(c, f);
}

void statement_failure_release(struct statement_failure *f)
{
    free(f->message);
    free(f->detail);
    free(f->hint);
    free(f->context);
    *f = (struct statement_failure){0};
}
