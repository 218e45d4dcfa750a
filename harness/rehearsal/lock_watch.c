#include "rehearsal/lock_watch.h"

#include <time.h>

#include "base/memory.h"

static const long between_looks = 10 * 1000 * 1000; /* nanoseconds */

static const char who_waits[] =
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database "
    "WHERE datname = current_database()) AND $1::int = ANY (pg_blocking_pids(pid))";

static void *watch(void *context)
{
    struct lock_watch *w = context;
    char pid[16];
    const char *values[] = {pid};
    snprintf(pid, sizeof pid, "%d", w->holder);
    while (!atomic_load(&w->stop)) {
        struct error ignored = {0}; /* a look that fails saw nobody */
        char *count = connection_value(&w->connection, who_waits, 1, values, &ignored);
        bool waiting = count && strcmp(count, "0") != 0;
        free(count);
        if (waiting) {
            atomic_store(&w->waiting, true);
            break;
        }
        nanosleep(&(struct timespec){.tv_nsec = between_looks}, NULL);
    }
    return NULL;
}

bool lock_watch_begin(struct lock_watch *w, const char *url, const struct connection *holder,
                      const struct cancel *cancel, struct error *e)
{
    *w = (struct lock_watch){.holder = PQbackendPID(holder->pg)};
    if (!connection_open(&w->connection, url, cancel, e))
        return false;
    w->started = pthread_create(&w->thread, NULL, watch, w) == 0;
    if (!w->started) {
        connection_close(&w->connection);
        return error_set(e, ERROR_UNAVAILABLE, "cannot start a thread to watch locks");
    }
    return true;
}

bool lock_watch_end(struct lock_watch *w)
{
    if (!w->started)
        return false;
    atomic_store(&w->stop, true);
    pthread_join(w->thread, NULL);
    connection_close(&w->connection);
    w->started = false;
    return atomic_load(&w->waiting);
}
