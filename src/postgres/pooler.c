#include "postgres/pooler.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "postgres/connection.h"

static const double end_limit = 5.0; /* seconds for a session to end after its connection */

/* The time tells it from a later session with the same process id. */
static const char session_query[] =
    "SELECT pid || ' ' || extract(epoch FROM backend_start) FROM pg_catalog.pg_stat_activity "
    "WHERE pid = pg_catalog.pg_backend_pid()";
static const char alive_query[] = "SELECT count(*) FROM pg_catalog.pg_stat_activity "
                                  "WHERE pid || ' ' || extract(epoch FROM backend_start) = $1";

static char *session_of(struct connection *c, struct error *e)
{
    return connection_value(c, session_query, 0, NULL, e);
}

/* The session of a connection that is closed again. */
static char *closed_session(const char *url, const struct cancel *cancel, struct error *e)
{
    struct connection c = {0};
    char *session = connection_open_as_it_is(&c, url, cancel, e) ? session_of(&c, e) : NULL;
    connection_close(&c);
    return session;
}

/* Whether the session is still there although it has had the time to end. */
static bool lives_on(struct connection *c, const char *session, struct error *e)
{
    double deadline = clock_seconds() + end_limit;
    for (useconds_t pause = 500;; pause += pause / 2) {
        char *own = session_of(c, e);
        char *count = own ? connection_value(c, alive_query, 1, &session, e) : NULL;
        bool reused = own && strcmp(own, session) == 0;
        bool ended = !count || strcmp(count, "0") == 0;
        free(count);
        free(own);
        if (ended || reused || clock_seconds() > deadline)
            return !ended;
        usleep(pause < 20000 ? pause : 20000);
    }
}

/* Whether a connection changes its session between two statements, or shares it. */
static bool changes_session(struct connection *c, const char *url, struct error *e)
{
    char *first = session_of(c, e), *second = session_of(c, e);
    struct connection other = {0};
    char *others =
        connection_open_as_it_is(&other, url, c->cancel, e) ? session_of(&other, e) : NULL;
    bool changes =
        !first || !second || !others || strcmp(first, second) != 0 || strcmp(second, others) == 0;
    connection_close(&other);
    free(others);
    free(second);
    free(first);
    return changes;
}

bool pooler_refuse(const char *url, enum pooler_tolerance tolerance, const struct cancel *cancel,
                   struct error *e)
{
    struct connection c = {0};
    char *session = closed_session(url, cancel, e);
    bool pooled =
        session && connection_open_as_it_is(&c, url, cancel, e) && lives_on(&c, session, e);
    if (pooled && (tolerance == POOLER_REFUSED || changes_session(&c, url, e)))
        error_set(
            e, ERROR_UNAVAILABLE,
            "a connection pooler answers at this URL (sessions outlive their connections): give "
            "the URL of the PostgreSQL server itself");
    connection_close(&c);
    free(session);
    return e->kind == ERROR_NONE;
}
