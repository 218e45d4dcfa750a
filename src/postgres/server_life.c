#include "postgres/server_life.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/memory.h"

static const double stopped_limit = 5.0;   /* seconds that a process may be stopped */
static const double between_asking = 60.0; /* seconds */
static const unsigned most_unanswered = 3;
static const char asking_limit[] = "5"; /* seconds; meanwhile no cancel is heard */

void server_life_begin(struct server_life *l, PGconn *pg)
{
    *l = (struct server_life){.pg = pg, .asked = clock_seconds()};
}

/*
 * Our backend's state, as in proc(5), if the server is on this machine: then the socket's peer is
 * its parent. 0 if it is not, or cannot be known.
 */
static char backend_state(PGconn *pg)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(PQsocket(pg), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.pid <= 0)
        return 0;
    char path[40], state = 0;
    int parent = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", PQbackendPID(pg));
    FILE *file = fopen(path, "re");
    bool known = file && fscanf(file, "%*d (%*[^)]) %c %d", &state, &parent) == 2;
    if (file)
        fclose(file);
    return known && parent == peer.pid ? state : 0;
}

bool server_life_is_stopped(struct server_life *l)
{
    if (backend_state(l->pg) != 'T') {
        l->stopped_since = 0;
        return false;
    }
    double now = clock_seconds();
    if (l->stopped_since <= 0)
        l->stopped_since = now;
    return now - l->stopped_since > stopped_limit;
}

/* Any answer will do, a refusal, too. */
static bool answers(PGconn *pg)
{
    PQconninfoOption *options = PQconninfo(pg);
    const char **keywords = NULL, **values = NULL;
    size_t keys = 0, count = 0;
    for (const PQconninfoOption *o = options; o && o->keyword; o++) {
        if (!o->val || !*o->val || strcmp(o->keyword, "connect_timeout") == 0)
            continue;
        *(const char **)memory_append(&keywords, &keys, sizeof *keywords) = o->keyword;
        *(const char **)memory_append(&values, &count, sizeof *values) = o->val;
    }
    *(const char **)memory_append(&keywords, &keys, sizeof *keywords) = "connect_timeout";
    *(const char **)memory_append(&values, &count, sizeof *values) = asking_limit;
    *(const char **)memory_append(&keywords, &keys, sizeof *keywords) = NULL;
    *(const char **)memory_append(&values, &count, sizeof *values) = NULL;
    PGPing answer = PQpingParams(keywords, values, 0);
    free(keywords);
    free(values);
    PQconninfoFree(options);
    return answer != PQPING_NO_RESPONSE;
}

bool server_life_lost(struct server_life *l)
{
    if (server_life_is_stopped(l))
        return true;
    if (clock_seconds() - l->asked < between_asking)
        return false;
    l->unanswered = answers(l->pg) ? 0 : l->unanswered + 1;
    l->asked = clock_seconds();
    return l->unanswered >= most_unanswered;
}
