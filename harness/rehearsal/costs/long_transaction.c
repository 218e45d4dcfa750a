#include "rehearsal/costs/long_transaction.h"

#include <time.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

static const long between_looks = 5 * 1000 * 1000; /* nanoseconds */

static void *hold_on(void *context)
{
    struct long_transaction *t = context;
    double until = 0;
    while (!atomic_load(&t->stop) && !(until > 0 && clock_seconds() >= until)) {
        if (until <= 0 && atomic_load(&t->watch.waiting) && probes_have_come(t->probes))
            until = clock_seconds() + t->hold;
        nanosleep(&(struct timespec){.tv_nsec = between_looks}, NULL);
    }
    connection_close(&t->connection); /* which rolls it back */
    return NULL;
}

/* Each table as a query that is still open would have it locked. */
static bool read_tables(struct long_transaction *t, char *const *tables, size_t count,
                        struct error *e)
{
    struct text sql = {0};
    text_append(&sql, "BEGIN");
    for (size_t i = 0; i < count; i++) {
        char *identifier = connection_identifier(&t->connection, tables[i]);
        text_append_format(&sql, "; LOCK TABLE %s IN ACCESS SHARE MODE", identifier);
        free(identifier);
    }
    bool good = connection_run(&t->connection, text_string(&sql), e);
    text_release(&sql);
    return good;
}

bool long_transaction_begin(struct long_transaction *t, const char *url, char *const *tables,
                            size_t count, double hold, struct probes *probes,
                            const struct cancel *cancel, struct error *e)
{
    *t = (struct long_transaction){.hold = hold, .probes = probes};
    if (!connection_open(&t->connection, url, cancel, e))
        return false;
    bool good = read_tables(t, tables, count, e) &&
                lock_watch_begin(&t->watch, url, &t->connection, cancel, e);
    t->started = good && pthread_create(&t->thread, NULL, hold_on, t) == 0;
    if (t->started)
        return true;
    if (good)
        lock_watch_end(&t->watch);
    connection_close(&t->connection);
    return error_set(e, ERROR_UNAVAILABLE, "cannot start a thread for a long transaction");
}

bool long_transaction_end(struct long_transaction *t)
{
    if (!t->started)
        return false;
    atomic_store(&t->stop, true);
    pthread_join(t->thread, NULL);
    t->started = false;
    return lock_watch_end(&t->watch);
}
