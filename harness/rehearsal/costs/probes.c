#include "rehearsal/costs/probes.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "postgres/connection.h"

enum { MOST_POINTS = 2000, LONGEST_KEPT = 500 };

static const long pause_between = 4 * 1000 * 1000; /* nanoseconds: it leaves the server some air */
static const double stuck = 0.03; /* seconds: a question that is under way for so long waits */
static const char query_name[] = "probe";

struct probe {
    const struct suite_probe *definition;
    struct connection connection;
    PGresult *parameters; /* a row for each time; NULL: it has none */
    struct stall_point *points;
    size_t count, failed;
    struct error first_failure;
    const atomic_bool *stop;
    pthread_t thread;
    bool started;
    atomic_size_t turn; /* of the last question, from 1 */
    atomic_bool asking, ended;
    size_t first_seen; /* the turn at the first call of probes_have_come() */
};

struct probes {
    struct probe *items;
    size_t count;
    atomic_bool stop;
    double first_seen; /* when that was; 0: not yet */
};

/* Asks once, with the parameters of the `turn`-th time. */
static bool ask(struct probe *p, size_t turn, struct error *e)
{
    int columns = p->parameters ? PQnfields(p->parameters) : 0;
    int row = p->parameters ? (int)(turn % (size_t)PQntuples(p->parameters)) : 0;
    const char **values = memory_zeroed((size_t)columns + 1, sizeof *values);
    for (int i = 0; i < columns; i++)
        if (!PQgetisnull(p->parameters, row, i))
            values[i] = PQgetvalue(p->parameters, row, i);
    PGresult *rows = connection_ask(&p->connection, query_name, (size_t)columns, values, e)
                         ? connection_answer(&p->connection, e)
                         : NULL;
    free(values);
    PQclear(rows);
    return rows != NULL;
}

static void *work(void *context)
{
    struct probe *p = context;
    for (size_t turn = 0; !atomic_load(p->stop) && p->connection.pg; turn++) {
        struct error e = {0};
        double at = clock_seconds();
        atomic_store(&p->asking, true);
        atomic_store(&p->turn, turn + 1);
        bool good = ask(p, turn, &e);
        atomic_store(&p->asking, false);
        double seconds = clock_seconds() - at;
        if (!good && p->failed++ == 0)
            p->first_failure = e;
        *(struct stall_point *)memory_append(&p->points, &p->count, sizeof *p->points) =
            (struct stall_point){at, seconds};
        if (PQstatus(p->connection.pg) != CONNECTION_OK)
            break; /* it was thrown out: nobody asks through it again */
        nanosleep(&(struct timespec){.tv_nsec = pause_between}, NULL);
    }
    atomic_store(&p->ended, true);
    return NULL;
}

bool probes_have_come(struct probes *p)
{
    double now = clock_seconds();
    bool first = p->first_seen <= 0, all = true;
    if (first)
        p->first_seen = now;
    for (size_t i = 0; i < p->count; i++) {
        struct probe *one = &p->items[i];
        size_t turn = atomic_load(&one->turn);
        if (first)
            one->first_seen = turn;
        bool waits = atomic_load(&one->asking) && now - p->first_seen > stuck;
        all = all && (atomic_load(&one->ended) || turn > one->first_seen || waits);
    }
    return all;
}

/* What the server refuses in it is the suite's mistake. */
static bool wrong(const struct suite *suite, const struct suite_probe *d, struct error *trial,
                  struct error *e)
{
    char *path = suite_path(suite, suite->file);
    if (trial->kind == ERROR_UNAVAILABLE && !error_is_of_server(trial))
        trial->kind = ERROR_USAGE;
    error_prefix(trial, "%s: probe %s", path, d->name);
    free(path);
    return error_take(e, trial);
}

/* The parameters come from the data as they are before the migration. */
static bool prepare(struct probe *p, const struct suite *suite, const char *url,
                    const struct cancel *cancel, struct error *e)
{
    const struct suite_probe *d = p->definition;
    struct error trial = {0};
    if (!connection_open(&p->connection, url, cancel, e))
        return false;
    if (d->parameters &&
        !(p->parameters = connection_query(&p->connection, d->parameters, 0, NULL, &trial)))
        return wrong(suite, d, &trial, e);
    if (p->parameters && (PQntuples(p->parameters) == 0 || PQnfields(p->parameters) == 0))
        return error_set(&trial, ERROR_USAGE, "its parameters are not a row") ||
               wrong(suite, d, &trial, e);
    return (connection_prepare(&p->connection, query_name, d->sql, &trial) && ask(p, 0, &trial)) ||
           wrong(suite, d, &trial, e);
}

struct probes *probes_start(const struct suite *suite, const char *url, const struct cancel *cancel,
                            struct error *e)
{
    struct probes *all = memory_zeroed(1, sizeof *all);
    all->items = memory_zeroed(suite->probe_count, sizeof *all->items);
    all->count = suite->probe_count;
    bool good = true;
    for (size_t i = 0; i < all->count && good; i++) {
        all->items[i].definition = &suite->probes[i];
        all->items[i].stop = &all->stop;
        good = prepare(&all->items[i], suite, url, cancel, e);
    }
    for (size_t i = 0; i < all->count && good; i++) {
        struct probe *p = &all->items[i];
        p->started = pthread_create(&p->thread, NULL, work, p) == 0;
        if (!p->started)
            good = error_set(e, ERROR_UNAVAILABLE, "cannot start a thread for a probe");
    }
    if (good)
        return all;
    probes_free(all);
    return NULL;
}

void probes_stop(struct probes *p)
{
    atomic_store(&p->stop, true);
    for (size_t i = 0; i < p->count; i++) {
        if (p->items[i].started)
            pthread_join(p->items[i].thread, NULL);
        p->items[i].started = false;
    }
}

static int by_length(const void *a, const void *b)
{
    const struct stall_point *x = a, *y = b;
    return (x->seconds < y->seconds) - (x->seconds > y->seconds);
}

static int by_time(const void *a, const void *b)
{
    const struct stall_point *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

/* The longest, and of the others every so-manieth. `points` are by length, the longest first. */
static size_t thin_out(struct stall_point *points, size_t count)
{
    if (count <= MOST_POINTS)
        return count;
    size_t others = MOST_POINTS - LONGEST_KEPT;
    qsort(points + LONGEST_KEPT, count - LONGEST_KEPT, sizeof *points, by_time);
    for (size_t i = 0; i < others; i++)
        points[LONGEST_KEPT + i] = points[LONGEST_KEPT + i * (count - LONGEST_KEPT) / others];
    return MOST_POINTS;
}

static void tell_one(struct probe *p, double started, struct cost_record *c)
{
    struct stall_record *s = memory_append(&c->stalls, &c->stall_count, sizeof *c->stalls);
    *s = (struct stall_record){.probe = memory_copy_of(p->definition->name),
                               .writes = p->definition->writes,
                               .points = p->points,
                               .asked = p->count,
                               .failed = p->failed};
    p->points = NULL;
    if (s->asked == 0)
        return;
    for (size_t i = 0; i < s->asked; i++)
        s->points[i].at -= started;
    qsort(s->points, s->asked, sizeof *s->points, by_length);
    s->longest = s->points[0].seconds;
    s->p99 = s->points[s->asked / 100].seconds; /* 1 % are longer */
    s->point_count = thin_out(s->points, s->asked);
    qsort(s->points, s->point_count, sizeof *s->points, by_time);
}

void probes_tell(struct probes *p, double started, struct cost_record *c, char **failures)
{
    struct text told = {0};
    for (size_t i = 0; i < p->count; i++) {
        struct probe *one = &p->items[i];
        tell_one(one, started, c);
        if (one->failed)
            text_append_format(&told, "%sprobe %s failed %zu of %zu times: %s",
                               told.length ? "; " : "", one->definition->name, one->failed,
                               one->count, one->first_failure.message);
    }
    *failures = told.length ? text_detach(&told) : NULL;
    text_release(&told);
}

void probes_free(struct probes *p)
{
    if (!p)
        return;
    probes_stop(p);
    for (size_t i = 0; i < p->count; i++) {
        PQclear(p->items[i].parameters);
        free(p->items[i].points);
        connection_close(&p->items[i].connection);
    }
    free(p->items);
    free(p);
}
