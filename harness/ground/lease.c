#include "ground/lease.h"

#include "base/memory.h"

/* Two integers make the lock's key: a constant of ours, and the first half of the run's id. */
static const char lock_class[] = "1885827688"; /* 'pgrh' */

static char *lock_number(const char *run_id)
{
    char half[9];
    snprintf(half, sizeof half, "%.8s", run_id);
    return memory_format("%d", (int)strtoul(half, NULL, 16));
}

bool lease_take(struct connection *c, const char *run_id, struct error *e)
{
    char *number = lock_number(run_id);
    const char *const values[] = {lock_class, number};
    char *taken =
        connection_value(c, "SELECT pg_try_advisory_lock($1::int, $2::int)", 2, values, e);
    bool good = taken && strcmp(taken, "t") == 0;
    if (taken && !good)
        error_set(e, ERROR_UNAVAILABLE, "another run has the lease %s on this server", run_id);
    free(taken);
    free(number);
    return good;
}

bool lease_is_held(struct connection *c, const char *run_id)
{
    char *number = lock_number(run_id);
    const char *const values[] = {lock_class, number};
    struct error e = {0};
    /* pg_locks shows the two integers as unsigned (manual, 54.12) */
    char *count = connection_value(c,
                                   "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND "
                                   "classid::bigint = $1::bigint AND objsubid = 2 AND "
                                   "objid::bigint = ($2::bigint & 4294967295)",
                                   2, values, &e);
    bool held = !count || strcmp(count, "0") != 0;
    free(count);
    free(number);
    return held;
}
