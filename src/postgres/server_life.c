#include "postgres/server_life.h"

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/memory.h"

static const double stopped_limit = 5.0;   /* seconds that a process may be stopped */
static const double first_asking = 10.0;   /* seconds of silence */
static const double between_asking = 60.0; /* seconds */
static const unsigned most_unanswered = 3, most_seen_stopped = 2;
static const char asking_limit[] = "5"; /* seconds; meanwhile no cancel is heard */

void server_life_begin(struct server_life *l, PGconn *pg)
{
    *l = (struct server_life){.pg = pg, .next = clock_seconds() + first_asking};
}

enum { NUMBER = 16 };

static const char *backend_of(PGconn *pg, char number[NUMBER])
{
    snprintf(number, NUMBER, "%d", PQbackendPID(pg));
    return number;
}

/*
 * The state of a backend, as in proc(5), if the server is on this machine: then the socket's peer
 * is its parent. 0 if it is not, or cannot be known.
 */
static char process_state(PGconn *pg, const char *pid)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(PQsocket(pg), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.pid <= 0)
        return 0;
    char path[40], state = 0;
    int parent = 0;
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    FILE *file = fopen(path, "re");
    bool known = file && fscanf(file, "%*d (%*[^)]) %c %d", &state, &parent) == 2;
    if (file)
        fclose(file);
    return known && parent == peer.pid ? state : 0;
}

bool server_life_is_stopped(struct server_life *l)
{
    char number[NUMBER];
    if (process_state(l->pg, backend_of(l->pg, number)) != 'T') {
        l->stopped_since = 0;
        return false;
    }
    double now = clock_seconds();
    if (l->stopped_since <= 0)
        l->stopped_since = now;
    return now - l->stopped_since > stopped_limit;
}

/* The parameters of `pg`, and that the connection is to be made within `asking_limit`. */
static PQconninfoOption *parameters(PGconn *pg, const char ***keywords, const char ***values)
{
    PQconninfoOption *options = PQconninfo(pg);
    size_t keys = 0, count = 0;
    *keywords = *values = NULL;
    for (const PQconninfoOption *o = options; o && o->keyword; o++) {
        if (!o->val || !*o->val || strcmp(o->keyword, "connect_timeout") == 0)
            continue;
        *(const char **)memory_append(keywords, &keys, sizeof **keywords) = o->keyword;
        *(const char **)memory_append(values, &count, sizeof **values) = o->val;
    }
    *(const char **)memory_append(keywords, &keys, sizeof **keywords) = "connect_timeout";
    *(const char **)memory_append(values, &count, sizeof **values) = asking_limit;
    *(const char **)memory_append(keywords, &keys, sizeof **keywords) = NULL;
    *(const char **)memory_append(values, &count, sizeof **values) = NULL;
    return options;
}

/* The answer to a query on a connection of its own, within `asking_limit`; or NULL. */
static PGresult *answer_to(PGconn *c, const char *sql, const char *value)
{
    double deadline = clock_seconds() + strtod(asking_limit, NULL);
    if (!PQsendQueryParams(c, sql, 1, NULL, &value, NULL, NULL, 0))
        return NULL;
    while (PQisBusy(c)) {
        double left = deadline - clock_seconds();
        struct pollfd fd = {.fd = PQsocket(c), .events = POLLIN};
        if (left <= 0 || poll(&fd, 1, (int)(left * 1000) + 1) < 0 || !PQconsumeInput(c))
            return NULL;
    }
    return PQgetResult(c);
}

bool server_life_process_is_stopped(PGconn *pg, const char *pid)
{
    /* a pooler's numbers are none of the server's */
    static const char sql[] =
        "SELECT CASE WHEN pg_has_role(current_user, 'pg_read_server_files', 'USAGE') AND EXISTS "
        "(SELECT FROM pg_stat_activity WHERE pid = $1::int AND usename = current_user) THEN "
        "pg_read_file('/proc/' || $1 || '/stat', 0, 1000, true) END";
    char here = process_state(pg, pid);
    if (here)
        return here == 'T';
    PGresult *r = answer_to(pg, sql, pid);
    const char *stat = r && PQresultStatus(r) == PGRES_TUPLES_OK ? PQgetvalue(r, 0, 0) : "";
    const char *name_end = strrchr(stat, ')');
    bool stopped = name_end && strncmp(name_end, ") T", 3) == 0;
    PQclear(r);
    return stopped;
}

/* Another connection to the same server; NULL if it takes none of ours. */
static PGconn *open_another(PGconn *pg)
{
    const char **keywords, **values;
    PQconninfoOption *options = parameters(pg, &keywords, &values);
    PGconn *another = PQconnectdbParams(keywords, values, 0);
    free(keywords);
    free(values);
    PQconninfoFree(options);
    if (PQstatus(another) == CONNECTION_OK)
        return another;
    PQfinish(another);
    return NULL;
}

/* Any answer will do, a refusal, too. */
static bool answers(PGconn *pg)
{
    const char **keywords, **values;
    PQconninfoOption *options = parameters(pg, &keywords, &values);
    PGPing answer = PQpingParams(keywords, values, 0);
    free(keywords);
    free(values);
    PQconninfoFree(options);
    return answer != PQPING_NO_RESPONSE;
}

/* Whether the server, which is elsewhere, sees our backend stopped. */
static bool sees_stopped(PGconn *pg)
{
    char number[NUMBER];
    PGconn *another = open_another(pg);
    bool stopped = another && server_life_process_is_stopped(another, backend_of(pg, number));
    PQfinish(another);
    return stopped;
}

/* One round of asking a server that we cannot look at. */
static void ask(struct server_life *l)
{
    char number[NUMBER];
    bool answered = answers(l->pg);
    l->unanswered = answered ? 0 : l->unanswered + 1;
    l->seen_stopped =
        answered && !process_state(l->pg, backend_of(l->pg, number)) && sees_stopped(l->pg)
            ? l->seen_stopped + 1
            : 0;
    l->next = clock_seconds() + (l->seen_stopped ? stopped_limit : between_asking);
}

bool server_life_lost(struct server_life *l)
{
    if (server_life_is_stopped(l))
        return true;
    if (clock_seconds() >= l->next)
        ask(l);
    return l->unanswered >= most_unanswered || l->seen_stopped >= most_seen_stopped;
}
