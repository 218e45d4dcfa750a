#include "ground/lease.h"

#include "base/memory.h"

/* Two integers make the lock's key: a constant of ours, and the first half of the run's id. */
static const char lock_class[] = "1885827688";   /* 'pgrh' */
static const char making_class[] = "1885827693"; /* 'pgrm' */

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

bool lease_release(struct connection *c, const char *run_id, struct error *e)
{
    char *number = lock_number(run_id);
    const char *const values[] = {lock_class, number};
    bool good = connection_run_with(c, "SELECT pg_advisory_unlock($1::int, $2::int)", 2, values, e);
    free(number);
    return good;
}

/* Asks a function of the two integers, whose answer is void or true. */
static bool call(struct connection *c, const char *function, const char *class, const char *run_id,
                 bool *answer, struct error *e)
{
    char *number = lock_number(run_id);
    const char *const values[] = {class, number};
    char *query = memory_format("SELECT %s($1::int, $2::int)", function);
    char *said = connection_value(c, query, 2, values, e);
    bool good = said != NULL;
    if (answer)
        *answer = said && strcmp(said, "t") == 0;
    free(said);
    free(query);
    free(number);
    return good;
}

bool lease_share(struct connection *c, const char *run_id, struct error *e)
{
    return call(c, "pg_advisory_lock_shared", lock_class, run_id, NULL, e);
}

bool lease_is_last(struct connection *c, const char *run_id)
{
    struct error ignored = {0};
    bool is_last = false;
    return call(c, "pg_advisory_unlock_shared", lock_class, run_id, NULL, &ignored) &&
           call(c, "pg_try_advisory_lock", lock_class, run_id, &is_last, &ignored) && is_last;
}

bool lease_begin_making(struct connection *c, const char *run_id, struct error *e)
{
    return call(c, "pg_advisory_lock", making_class, run_id, NULL, e);
}

bool lease_end_making(struct connection *c, const char *run_id, struct error *e)
{
    return call(c, "pg_advisory_unlock", making_class, run_id, NULL, e);
}
