#include "ground/sessions.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"

static const char sessions_query[] =
    "SELECT coalesce(string_agg(format('process %s, %s: %s', pid, state, left(query, 60)), '; '), "
    "'') FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid() AND backend_type = "
    "'client backend'";

bool sessions_wait_until_gone(struct connection *c, const char *database, double limit, char **who,
                              struct error *e)
{
    double deadline = clock_seconds() + limit;
    *who = NULL;
    for (useconds_t pause = 500;; pause += pause / 2) {
        free(*who);
        *who = connection_value(c, sessions_query, 1, &database, e);
        if (!*who)
            return false;
        if (!**who)
            break;
        if (clock_seconds() > deadline)
            return false;
        usleep(pause < 20000 ? pause : 20000);
    }
    free(*who);
    *who = NULL;
    return true;
}
