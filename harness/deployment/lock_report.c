#include "deployment/lock_report.h"

#include <time.h>

#include "base/memory.h"

static const long nap = 20 * 1000 * 1000; /* nanoseconds */
enum { NAPS_BETWEEN_LOOKS = 10 };

/*
 * Who waits behind the migrator, or is what they wait for, is not in its way: so neither the
 * migrator nor anybody who waits for a lock too. Of another role's session the server may tell no
 * query; what it is, its pid says.
 */
static const char who_blocks[] =
    "SELECT coalesce(string_agg(DISTINCT format('process %s of %s, %s, in its transaction for %s "
    "s: %s', b.pid, coalesce(b.usename, '?'), coalesce(b.state, '?'), "
    "coalesce(round(extract(epoch FROM clock_timestamp() - b.xact_start))::text, '?'), "
    "left(regexp_replace(coalesce(b.query, '?'), '\\s+', ' ', 'g'), 80)), '; '), '') "
    "FROM pg_stat_activity w CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS p (pid) "
    "JOIN pg_stat_activity b ON b.pid = p.pid "
    "WHERE w.datname = current_database() AND w.wait_event_type = 'Lock' "
    "AND w.pid <> pg_backend_pid() AND b.application_name <> $1 "
    "AND b.wait_event_type IS DISTINCT FROM 'Lock'";

static void take(struct lock_report *r, char *who)
{
    if (*who && !r->last)
        r->tell(r->context, who);
    if (!*who) {
        free(who);
        return;
    }
    free(r->last);
    r->last = who;
}

static void *watch(void *context)
{
    struct lock_report *r = context;
    const char *const names[] = {r->application};
    while (!atomic_load(&r->stop)) {
        struct error ignored = {0}; /* a look that fails saw nobody */
        char *who = connection_value(&r->connection, who_blocks, 1, names, &ignored);
        if (who)
            take(r, who);
        for (int i = 0; i < NAPS_BETWEEN_LOOKS && !atomic_load(&r->stop); i++)
            nanosleep(&(struct timespec){.tv_nsec = nap}, NULL);
    }
    return NULL;
}

bool lock_report_begin(struct lock_report *r, const char *url, const char *application,
                       lock_report_fn *tell, void *context, struct error *e)
{
    *r = (struct lock_report){.application = application, .tell = tell, .context = context};
    if (!connection_open(&r->connection, url, NULL, e))
        return false;
    if (!connection_run(&r->connection, "SET default_transaction_read_only = on", e)) {
        connection_close(&r->connection);
        return false;
    }
    r->started = pthread_create(&r->thread, NULL, watch, r) == 0;
    if (!r->started)
        connection_close(&r->connection);
    return r->started || error_set(e, ERROR_UNAVAILABLE, "cannot start a thread to watch locks");
}

char *lock_report_end(struct lock_report *r)
{
    if (!r->started)
        return NULL;
    atomic_store(&r->stop, true);
    pthread_join(r->thread, NULL);
    connection_close(&r->connection);
    char *last = r->last;
    *r = (struct lock_report){0};
    return last;
}
