#include "postgres/connection.h"

#include <errno.h>
#include <poll.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "postgres/cancel_request.h"
#include "postgres/server_life.h"
#include "postgres/url.h"

static const double connect_limit = 15.0; /* seconds */
static const double cancel_limit = 2.0;   /* seconds */
static const double answer_limit = 60.0;  /* seconds, where nobody could cancel the wait */

enum wait_outcome { WAIT_READY, WAIT_CANCELLED, WAIT_EXPIRED, WAIT_LOST, WAIT_FAILED };

/* Waits for `events` on the socket until `deadline` (0: see below) or the cancel. */
static enum wait_outcome wait_for(const struct connection *c, short events, double deadline)
{
    struct pollfd fds[2] = {{.fd = PQsocket(c->pg), .events = events},
                            {.fd = c->cancel ? c->cancel->fd : -1, .events = POLLIN}};
    const bool is_answer = deadline <= 0;
    struct server_life life;
    const int look = 1000; /* milliseconds */
    server_life_begin(&life, c->pg);
    if (is_answer && !c->cancel) /* cleaning up must not hang on a server that is stopped */
        deadline = clock_seconds() + answer_limit;
    for (;;) {
        double left = deadline > 0 ? deadline - clock_seconds() : 0;
        if (deadline > 0 && left <= 0)
            return WAIT_EXPIRED;
        int timeout = deadline > 0 && left * 1000 < look ? (int)(left * 1000) + 1 : look;
        int ready = poll(fds, 2, timeout);
        if (ready < 0 && errno != EINTR)
            return WAIT_FAILED;
        if (ready > 0 && fds[1].revents)
            return WAIT_CANCELLED;
        if (ready > 0 && fds[0].revents)
            return WAIT_READY;
        if (ready == 0 && is_answer && server_life_lost(&life))
            return WAIT_LOST;
    }
}

static void ignore_notice(void *context, const PGresult *result)
{
    (void)context;
    (void)result;
}

static bool interrupted(struct error *e)
{
    return error_set(e, ERROR_INTERRUPTED, "interrupted");
}

/* libpq's own words on a broken connection, without the line breaks. */
static bool broken(const struct connection *c, struct error *e)
{
    return error_set_sqlstate(e, ERROR_UNAVAILABLE, "", "lost the connection to the server: %s",
                              PQerrorMessage(c->pg));
}

bool connection_open_as_it_is(struct connection *c, const char *url, const struct cancel *cancel,
                              struct error *e)
{
    *c = (struct connection){.cancel = cancel, .shared = true};
    struct url u;
    bool readable =
        url_parse(&u, url, e); /* libpq would quote an unreadable one, password and all */
    url_release(&u);
    if (!readable)
        return false;
    /* what the URL says of these overrides them; a silent network is noticed within a minute */
    const char *keywords[] = {"keepalives_idle",
                              "keepalives_interval",
                              "keepalives_count",
                              "tcp_user_timeout",
                              "dbname",
                              "fallback_application_name",
                              NULL};
    const char *values[] = {"30", "10", "3", "60000", url, "pgrehearse", NULL};
    c->pg = PQconnectStartParams(keywords, values, 1);
    if (!c->pg)
        memory_exhausted();
    double deadline = clock_seconds() + connect_limit;
    PostgresPollingStatusType status =
        PQstatus(c->pg) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (status != PGRES_POLLING_OK && status != PGRES_POLLING_FAILED) {
        short events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        enum wait_outcome outcome = wait_for(c, events, deadline);
        if (outcome != WAIT_READY) {
            connection_close(c);
            if (outcome == WAIT_CANCELLED)
                return interrupted(e);
            return error_set(e, ERROR_UNAVAILABLE,
                             "cannot connect: no answer from the server within %.0f s",
                             connect_limit);
        }
        status = PQconnectPoll(c->pg);
    }
    if (status == PGRES_POLLING_FAILED) {
        error_set(e, ERROR_UNAVAILABLE, "cannot connect: %s", PQerrorMessage(c->pg));
        connection_close(c);
        return false;
    }
    PQsetNoticeReceiver(c->pg, ignore_notice, NULL);
    return true;
}

void connection_close(struct connection *c)
{
    if (c->pg)
        PQfinish(c->pg);
    c->pg = NULL;
}

/* Asks the server to give up the running statement, and the connection with it. */
static void abandon(struct connection *c)
{
    cancel_request_send(c->pg, cancel_limit);
    connection_close(c); /* nobody uses a connection again after a cancel */
}

/* An outcome other than WAIT_READY while the server's answer was waited for. */
static bool no_answer(struct connection *c, enum wait_outcome outcome, struct error *e)
{
    if (outcome == WAIT_FAILED || outcome == WAIT_READY)
        return broken(c, e);
    if (outcome == WAIT_CANCELLED) {
        abandon(c);
        return interrupted(e);
    }
    connection_close(c);
    if (outcome == WAIT_LOST)
        return error_set_sqlstate(e, ERROR_UNAVAILABLE, "",
                                  "no answer from the server: it, or its process for this session, "
                                  "is stopped");
    return error_set_sqlstate(e, ERROR_UNAVAILABLE, "", "no answer from the server within %.0f s",
                              answer_limit);
}

static bool flush_output(struct connection *c, struct error *e)
{
    int pending;
    while ((pending = PQflush(c->pg)) > 0) {
        enum wait_outcome outcome = wait_for(c, POLLIN | POLLOUT, 0);
        if (outcome != WAIT_READY || !PQconsumeInput(c->pg))
            return no_answer(c, outcome, e);
    }
    return pending == 0 || broken(c, e);
}

/* The next result, NULL at the end of the command or, with the error set, on trouble. */
static PGresult *next_result(struct connection *c, struct error *e)
{
    while (PQisBusy(c->pg)) {
        enum wait_outcome outcome = wait_for(c, POLLIN, 0);
        if (outcome != WAIT_READY || !PQconsumeInput(c->pg)) {
            no_answer(c, outcome, e);
            return NULL;
        }
    }
    return PQgetResult(c->pg);
}

static void note_failure(const struct connection *c, const PGresult *result, struct error *e)
{
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_FATAL_ERROR && status != PGRES_BAD_RESPONSE)
        return;
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (sqlstate && primary)
        error_set_sqlstate(e, ERROR_UNAVAILABLE, sqlstate, "%s", primary);
    else
        broken(c, e);
}

static bool is_copy(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COPY_IN || status == PGRES_COPY_OUT;
}

/* After these the session has no plan of ours any more. */
static void note_forgotten(struct connection *c, PGresult *result)
{
    const char *done = PQcmdStatus(result);
    if (strcmp(done, "DISCARD ALL") == 0 || strncmp(done, "DEALLOCATE", 10) == 0)
        memset(c->kept, 0, sizeof c->kept);
}

/* Reads every result of the command; returns the last, or NULL with the error set. */
static PGresult *drain(struct connection *c, struct error *e)
{
    PGresult *last = NULL;
    struct error first = {0};
    for (;;) {
        PGresult *result = next_result(c, &first);
        if (!result)
            break;
        note_failure(c, result, &first);
        note_forgotten(c, result);
        PQclear(last);
        last = result;
        if (is_copy(result))
            break;
    }
    if (last && first.kind == ERROR_NONE)
        return last;
    PQclear(last);
    if (first.kind == ERROR_NONE)
        error_set(&first, ERROR_UNAVAILABLE, "the server sent no result");
    error_take(e, &first);
    return NULL;
}

static bool is_open(const struct connection *c, struct error *e)
{
    return c->pg || error_set(e, ERROR_UNAVAILABLE, "the connection is closed");
}

static PGresult *send_and_drain(struct connection *c, int sent, struct error *e)
{
    if (!sent) {
        broken(c, e);
        return NULL;
    }
    return flush_output(c, e) ? drain(c, e) : NULL;
}

/* A COPY that nobody feeds or reads would block the connection for good. */
static PGresult *unless_copy(struct connection *c, PGresult *result, struct error *e)
{
    if (!result || !is_copy(result))
        return result;
    PQclear(result);
    abandon(c);
    error_set(e, ERROR_UNAVAILABLE, "COPY from STDIN or to STDOUT cannot be used here");
    return NULL;
}

/*
 * A database whose settings limit the application's statements does not limit ours. A query on the
 * catalog is short and is estimated dear: to compile it takes seconds.
 */
static const char own_settings[] =
    "SET quote_all_identifiers = off; SET statement_timeout = 0; SET lock_timeout = 0;"
    "SET idle_in_transaction_session_timeout = 0; SET jit = off;" CONNECTION_ENCODING(
        "false") ";"
                 "SELECT pg_catalog.pg_backend_pid()";

/* A pooler hands out process numbers of its own. */
static void find_pooler(struct connection *c, const PGresult *backend)
{
    const char *number = PQntuples(backend) == 1 ? PQgetvalue(backend, 0, 0) : "";
    c->shared = strtol(number, NULL, 10) != PQbackendPID(c->pg);
}

bool connection_open(struct connection *c, const char *url, const struct cancel *cancel,
                     struct error *e)
{
    if (!connection_open_as_it_is(c, url, cancel, e))
        return false;
    PGresult *last = unless_copy(c, send_and_drain(c, PQsendQuery(c->pg, own_settings), e), e);
    if (last)
        find_pooler(c, last);
    else
        connection_close(c);
    PQclear(last);
    return last != NULL;
}

static void append_option(struct text *all, const char *keyword, const char *value)
{
    text_append_format(all, "%s='", keyword);
    for (const char *p = value; *p; p++)
        text_append_format(all, "%s%c", *p == '\'' || *p == '\\' ? "\\" : "", *p);
    text_append(all, "' ");
}

bool connection_open_beside(struct connection *c, const struct connection *other,
                            const char *database, struct error *e)
{
    struct text all = {0};
    PQconninfoOption *options = PQconninfo(other->pg);
    for (const PQconninfoOption *o = options; o && o->keyword; o++)
        if (o->val && *o->val && strcmp(o->keyword, "dbname") != 0)
            append_option(&all, o->keyword, o->val);
    append_option(&all, "dbname", database);
    PQconninfoFree(options);
    bool good = connection_open(c, text_string(&all), other->cancel, e);
    text_release(&all);
    return good;
}

bool connection_run(struct connection *c, const char *sql, struct error *e)
{
    if (!is_open(c, e))
        return false;
    PGresult *result = unless_copy(c, send_and_drain(c, PQsendQuery(c->pg, sql), e), e);
    PQclear(result);
    return result != NULL;
}

PGresult *connection_query(struct connection *c, const char *sql, size_t count,
                           const char *const *values, struct error *e)
{
    if (!is_open(c, e))
        return NULL;
    int sent = PQsendQueryParams(c->pg, sql, (int)count, NULL, values, NULL, NULL, 0);
    return unless_copy(c, send_and_drain(c, sent, e), e);
}

bool connection_run_with(struct connection *c, const char *sql, size_t count,
                         const char *const *values, struct error *e)
{
    PGresult *result = connection_query(c, sql, count, values, e);
    PQclear(result);
    return result != NULL;
}

char *connection_value(struct connection *c, const char *sql, size_t count,
                       const char *const *values, struct error *e)
{
    PGresult *result = connection_query(c, sql, count, values, e);
    if (!result)
        return NULL;
    char *value = NULL;
    if (PQntuples(result) > 0 && PQnfields(result) > 0)
        value = memory_copy_of(PQgetvalue(result, 0, 0));
    else
        error_set(e, ERROR_UNAVAILABLE, "the query returned no row: %s", sql);
    PQclear(result);
    return value;
}

bool connection_prepare(struct connection *c, const char *name, const char *sql, struct error *e)
{
    if (!is_open(c, e))
        return false;
    PGresult *result = send_and_drain(c, PQsendPrepare(c->pg, name, sql, 0, NULL), e);
    PQclear(result);
    return result != NULL;
}

PGresult *connection_describe(struct connection *c, const char *sql, struct error *e)
{
    if (!connection_prepare(c, "", sql, e))
        return NULL;
    return send_and_drain(c, PQsendDescribePrepared(c->pg, ""), e);
}

bool connection_ask(struct connection *c, const char *name, size_t count, const char *const *values,
                    struct error *e)
{
    if (!is_open(c, e))
        return false;
    if (!PQsendQueryPrepared(c->pg, name, (int)count, values, NULL, NULL, 0))
        return broken(c, e);
    return flush_output(c, e);
}

PGresult *connection_answer(struct connection *c, struct error *e)
{
    return is_open(c, e) ? drain(c, e) : NULL;
}

bool connection_copy_begin(struct connection *c, const char *sql, struct error *e)
{
    if (!is_open(c, e))
        return false;
    PQsetnonblocking(c->pg, 1);
    PGresult *result = send_and_drain(c, PQsendQuery(c->pg, sql), e);
    bool begun = result && is_copy(result);
    PQclear(result);
    if (result && !begun)
        error_set(e, ERROR_UNAVAILABLE, "not a COPY from STDIN or to STDOUT: %s", sql);
    if (!begun && c->pg)
        PQsetnonblocking(c->pg, 0);
    return begun;
}

int connection_copy_get(struct connection *c, char **data, struct error *e)
{
    int length;
    while ((length = PQgetCopyData(c->pg, data, 1)) == 0) {
        enum wait_outcome outcome = wait_for(c, POLLIN, 0);
        if (outcome != WAIT_READY || !PQconsumeInput(c->pg)) {
            no_answer(c, outcome, e);
            return -1;
        }
    }
    if (length > 0)
        return length;
    PQsetnonblocking(c->pg, 0);
    if (length == -2) {
        broken(c, e);
        return -1;
    }
    PGresult *result = drain(c, e);
    PQclear(result);
    return result ? 0 : -1;
}

bool connection_copy_put(struct connection *c, const char *data, size_t length, struct error *e)
{
    int queued;
    while ((queued = PQputCopyData(c->pg, data, (int)length)) == 0) {
        if (!flush_output(c, e))
            return false;
    }
    if (queued < 0)
        return broken(c, e);
    int pending = PQflush(c->pg);
    if (pending < 0)
        return broken(c, e);
    if (pending > 0)
        return flush_output(c, e);
    return true;
}

bool connection_copy_end(struct connection *c, const char *reason, struct error *e)
{
    if (!is_open(c, e))
        return false;
    int queued;
    while ((queued = PQputCopyEnd(c->pg, reason)) == 0)
        if (!flush_output(c, e))
            return false;
    if (queued < 0)
        return broken(c, e);
    if (!flush_output(c, e))
        return false;
    PGresult *result = drain(c, e);
    PQclear(result);
    if (c->pg)
        PQsetnonblocking(c->pg, 0);
    return result != NULL;
}

/* As libpq would: for a connection that is closed, which will send it nowhere. */
static char *quoted_in_utf8(const char *name)
{
    struct text t = {0};
    text_append(&t, "\"");
    for (const char *p = name; *p; p++)
        text_append_format(&t, *p == '"' ? "\"%c" : "%c", *p);
    text_append(&t, "\"");
    return text_detach(&t);
}

char *connection_identifier(const struct connection *c, const char *name)
{
    char *quoted = c->pg ? PQescapeIdentifier(c->pg, name, strlen(name)) : NULL;
    if (!quoted)
        return quoted_in_utf8(name);
    char *copy = memory_copy_of(quoted);
    PQfreemem(quoted);
    return copy;
}

char *connection_array(const char *const *names, size_t count)
{
    struct text t = {0};
    for (size_t i = 0; i < count; i++) {
        text_append(&t, i ? "," : "{");
        text_append(&t, names[i] ? "\"" : "NULL");
        for (const char *p = names[i]; p && *p; p++)
            text_append_format(&t, *p == '"' || *p == '\\' ? "\\%c" : "%c", *p);
        text_append(&t, names[i] ? "\"" : "");
    }
    text_append(&t, count ? "}" : "{}");
    return text_detach(&t);
}
