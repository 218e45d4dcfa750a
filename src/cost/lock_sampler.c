#include "cost/lock_sampler.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/text.h"

static const long between_looks = 3 * 1000 * 1000; /* nanoseconds */
static const double young = 0.003;                 /* seconds: a statement not worth a look yet */
static const double often = 0.005, seldom = 0.05;  /* seconds between two samples, … */
static const double share = 0.05;                  /* … which is this share of its age */

static const char sample_name[] = "sample";
static const char sample_query[] =
    "SELECT " LOCK_COLUMNS " FROM pg_locks l WHERE l.pid = ANY ($1::int[])";

static double interval(double age)
{
    double wanted = age * share;
    return wanted < often ? often : wanted > seldom ? seldom : wanted;
}

/* The backends that are due; "" for none. To be called with the lock held. */
static void list_due(const struct lock_sampler *s, double now, struct text *pids)
{
    text_clear(pids);
    for (size_t i = 0; i < s->running_count; i++) {
        const struct lock_moment *m = &s->running[i];
        double age = now - m->started;
        if (age >= young && now - m->previous_sample >= interval(age))
            text_append_format(pids, "%s%d", pids->length ? "," : "{", m->backend);
    }
    if (pids->length)
        text_append(pids, "}");
}

/* Only what was running when it was asked, and still is: else it belongs to another statement. */
static void note(struct lock_sampler *s, const PGresult *rows, double asked)
{
    for (size_t i = 0; i < s->running_count; i++) {
        struct lock_moment *m = &s->running[i];
        if (m->started >= asked)
            continue;
        m->now = asked;
        lock_ledger_sample(&s->ledger, rows, 0, m);
        m->previous_sample = asked;
    }
}

static void *look(void *context)
{
    struct lock_sampler *s = context;
    struct text pids = {0};
    while (!atomic_load(&s->stop)) {
        struct error ignored = {0}; /* a look that fails saw nothing */
        double asked = clock_seconds();
        pthread_mutex_lock(&s->lock);
        list_due(s, asked, &pids);
        pthread_mutex_unlock(&s->lock);
        const char *const values[] = {text_string(&pids)};
        PGresult *rows = NULL;
        if (pids.length && connection_ask(&s->connection, sample_name, 1, values, &ignored))
            rows = connection_answer(&s->connection, &ignored);
        if (rows) {
            pthread_mutex_lock(&s->lock);
            note(s, rows, asked);
            pthread_mutex_unlock(&s->lock);
        }
        PQclear(rows);
        nanosleep(&(struct timespec){.tv_nsec = between_looks}, NULL);
    }
    text_release(&pids);
    return NULL;
}

bool lock_sampler_start(struct lock_sampler *s, const char *url, const struct cancel *cancel,
                        struct error *e)
{
    *s = (struct lock_sampler){0};
    if (!connection_open(&s->connection, url, cancel, e))
        return false;
    bool good = connection_prepare(&s->connection, sample_name, sample_query, e);
    pthread_mutex_init(&s->lock, NULL);
    s->started = good && pthread_create(&s->thread, NULL, look, s) == 0;
    if (s->started)
        return true;
    pthread_mutex_destroy(&s->lock);
    connection_close(&s->connection);
    return error_set(e, ERROR_UNAVAILABLE, "cannot start a thread to watch locks");
}

void lock_sampler_begin(struct lock_sampler *s, const struct lock_moment *m)
{
    pthread_mutex_lock(&s->lock);
    if (s->running_count > 0)
        s->overlapped = true;
    if (s->running_count < SAMPLER_MOST_RUNNING)
        s->running[s->running_count++] = *m;
    pthread_mutex_unlock(&s->lock);
}

double lock_sampler_end(struct lock_sampler *s, size_t statement)
{
    double sampled = 0;
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->running_count; i++)
        if (s->running[i].statement == statement) {
            sampled = s->running[i].previous_sample;
            s->running[i] = s->running[--s->running_count];
            break;
        }
    pthread_mutex_unlock(&s->lock);
    return sampled;
}

bool lock_sampler_boundary(struct lock_sampler *s, const PGresult *rows, int first,
                           const struct lock_moment *m, bool *strong)
{
    pthread_mutex_lock(&s->lock);
    bool seen = lock_ledger_boundary(&s->ledger, rows, first, m);
    *strong = lock_ledger_keeps_writers_waiting(&s->ledger, m->backend);
    pthread_mutex_unlock(&s->lock);
    return seen;
}

void lock_sampler_stop(struct lock_sampler *s)
{
    if (!s->started)
        return;
    atomic_store(&s->stop, true);
    pthread_join(s->thread, NULL);
    pthread_mutex_destroy(&s->lock);
    connection_close(&s->connection);
    s->started = false;
}

void lock_sampler_release(struct lock_sampler *s)
{
    lock_sampler_stop(s);
    lock_ledger_release(&s->ledger);
}
