#include "rehearsal/hold_forecast.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "cost/cost.h"
#include "ground/shape_rows.h"
#include "rehearsal/attempt.h"
#include "statistics/cost_fit.h"
#include "suite/suite_budget.h"

enum { SIZES = 4, STEP = 4, ROUNDS = 4 }; /* each size is STEP times the one before */

static const double most_rows = 100000; /* of the largest table, at the largest size */
static const double whole = 2000;       /* a table with no more rows has all of them at any size */
static const double usual_stall = 1;    /* seconds that are tolerated */
static const double most_drift = 0.12;  /* of the forecast, for every doubling of the rows */
static const double margin = 4;         /* of what one run says of production */
static const double shortest = 1e-3;    /* a lock that was not held long enough to be seen */
static const double ages = 1e7;         /* seconds beyond which nobody counts */

struct held_table {
    const struct shape_table *table;
    struct forecast_point points[SIZES * ROUNDS];
    double first; /* seconds in the first run at the largest size */
    bool is_held;
};

struct survey {
    struct rehearsal *r;
    double largest, share; /* rows of the largest table, and of all the share at the largest size */
    char *templates[SIZES];
    double rows[SIZES]; /* of the largest table, or what it would be */
    struct held_table *tables;
    size_t table_count, point_count;
    char *failure;
};

static double rows_of(const struct shape_table *t)
{
    return t->rows ? (double)*t->rows : 0;
}

static void plan(struct survey *s)
{
    const struct shape *shape = s->r->run->ground.shape;
    s->tables = memory_zeroed(shape->table_count, sizeof *s->tables);
    for (uint32_t i = 0; i < shape->table_count; i++) {
        const struct shape_table *t = &shape->tables[i];
        s->tables[s->table_count++].table = t;
        s->largest = fmax(s->largest, rows_of(t));
    }
    s->share = s->largest > most_rows ? most_rows / s->largest : 1;
    double rows = s->largest * s->share;
    for (size_t i = SIZES; i-- > 0; rows /= STEP)
        s->rows[i] = fmax(1, rows);
}

static bool fill(const struct survey *s, const char *url, double share, struct error *e)
{
    const struct ground *g = &s->r->run->ground;
    const struct suite_migrator *m = g->migrator.definition;
    struct shape_rows rows;
    struct generator_counts counts = {0};
    struct connection c = {0};
    shape_rows_make(&rows, g->shape, share, whole);
    const struct generator_fill fill = {.seed = g->seed,
                                        .tame = true,
                                        .wishes = rows.wishes,
                                        .wish_count = rows.wish_count,
                                        .hints = rows.hints,
                                        .hint_count = rows.hint_count,
                                        .excluded = (const char *const *)m->tables,
                                        .excluded_count = m->table_count};
    bool good = connection_open(&c, url, g->cancel, e) && generator_fill_all(&c, &fill, &counts, e);
    connection_close(&c);
    generator_counts_release(&counts);
    shape_rows_release(&rows);
    return good && cost_prepare(url, g->server->is_embedded, g->cancel, e);
}

static bool make_template(struct survey *s, size_t place, struct error *e)
{
    struct clone clone = {0};
    char *purpose = memory_format("size %zu", place + 1);
    bool good = rehearsal_clone(s->r, purpose, s->r->run->ground.template, &clone, e) &&
                fill(s, clone.url, s->rows[place] / s->largest, e);
    s->templates[place] = memory_copy_of(clone.database);
    clone_release(&clone);
    free(purpose);
    return good;
}

/* "public.orders" of "partitioned table public.orders". */
static bool is_of_table(const char *object, const char *table)
{
    size_t length = strlen(object), name = strlen(table);
    return length > name && strcmp(object + length - name, table) == 0 &&
           object[length - name - 1] == ' ' && strncmp(object, "index", 5) != 0;
}

/* The longest that writers or readers of the table are kept waiting (13.3.1: SHARE and stronger).
 */
static double stall_of(const struct cost_record *cost, const char *table)
{
    double longest = 0;
    for (size_t i = 0; i < cost->lock_count; i++)
        if (suite_lock_strength(cost->locks[i].mode) >= suite_lock_strength("ShareLock") &&
            is_of_table(cost->locks[i].object, table))
            longest = fmax(longest, cost->locks[i].held);
    return longest;
}

/* A table that got another file was locked, though maybe too briefly to be seen. */
static bool is_rewritten(const struct cost_record *cost, const char *table)
{
    for (size_t i = 0; i < cost->table_count; i++)
        if (cost->tables[i].rewritten && strcmp(cost->tables[i].table, table) == 0)
            return true;
    return false;
}

static void keep_first(struct survey *s, const struct cost_record *cost)
{
    for (size_t i = 0; i < s->table_count; i++) {
        const char *name = s->tables[i].table->name;
        double seconds = stall_of(cost, name);
        s->tables[i].is_held = seconds > 0 || is_rewritten(cost, name);
        s->tables[i].first = s->tables[i].is_held ? fmax(seconds, shortest) : 0;
    }
}

static void keep_points(struct survey *s, double rows, const struct cost_record *cost)
{
    for (size_t i = 0; i < s->table_count; i++) {
        double seconds = stall_of(cost, s->tables[i].table->name);
        s->tables[i].points[s->point_count] =
            (struct forecast_point){rows, fmax(seconds, shortest)};
        s->tables[i].is_held = s->tables[i].is_held || seconds > 0;
    }
    s->point_count++;
}

static bool measure(struct survey *s, const struct clone *clone, struct cost_record **record,
                    struct error *e)
{
    struct rehearsal *r = s->r;
    const struct ground *g = &r->run->ground;
    char *folder = memory_format("%s/hold-%s", g->folder->sockets, r->slug);
    struct migrator_result result = {0};
    const struct cost_request request = {.migrator = &g->migrator,
                                         .action = MIGRATOR_UPGRADE,
                                         .revision = rehearsal_revision(r, TARGET),
                                         .migrator_url = clone->migrator_url,
                                         .url = clone->url,
                                         .server_url = g->server->url,
                                         .folder = folder,
                                         .time_limit = ground_patience(g),
                                         .cancel = g->cancel,
                                         .is_ours = g->server->is_embedded,
                                         .without_counters = true};
    bool good = cluster_enter(g->cluster, r, clone->database, e) &&
                attempt_end(r, clone->database, MIGRATOR_UPGRADE,
                            cost_measure(&request, record, &result, e), &result, e);
    if (good && !process_succeeded(&result.process))
        s->failure = process_ending_text(&result.process);
    migrator_result_release(&result);
    free(folder);
    return good;
}

static bool drop(const struct survey *s, struct clone *clone, struct error *e)
{
    struct connection c = {0};
    bool good =
        connection_open(&c, s->r->run->ground.server->url, NULL, e) && clone_drop(clone, &c, e);
    connection_close(&c);
    clone_release(clone);
    return good;
}

static bool time_place(struct survey *s, size_t place, size_t round, struct error *e)
{
    struct clone clone = {0};
    struct cost_record *cost = NULL;
    char *purpose = memory_format("hold %zu %zu", place, round);
    bool good = rehearsal_clone(s->r, purpose, s->templates[place], &clone, e) &&
                measure(s, &clone, &cost, e);
    if (good && !s->failure && round)
        keep_points(s, s->rows[place], cost);
    else if (good && !s->failure)
        keep_first(s, cost);
    struct error ignored = {0}; /* the end of the run drops what is left */
    drop(s, &clone, &ignored);
    cost_record_free(cost);
    free(purpose);
    return good && !s->failure;
}

/* What the first run says of production, with a margin. */
static double most_of(const struct survey *s, const struct held_table *h)
{
    return margin * h->first / s->share;
}

static double tolerated(const struct survey *s, const char *table)
{
    const struct suite *suite = s->r->run->ground.suite;
    const char *dot = strrchr(table, '.');
    double seconds = usual_stall;
    for (unsigned i = 0; i < suite->tolerated_stall_count; i++) {
        const struct suite_stall *stall = &suite->tolerated_stalls[i];
        if (!stall->table)
            seconds = stall->seconds;
        else if (strcmp(stall->table, table) == 0 || (dot && strcmp(stall->table, dot + 1) == 0))
            return stall->seconds;
    }
    return seconds;
}

/*
 * One run at the largest size, which does not count among the others. `*brief`: even if it took
 * some times longer than its share of the rows says, nobody would be kept waiting for too long.
 */
static bool try_largest(struct survey *s, bool *brief, struct error *e)
{
    if (!make_template(s, SIZES - 1, e) || !time_place(s, SIZES - 1, 0, e))
        return false;
    *brief = true;
    for (size_t i = 0; i < s->table_count; i++)
        *brief = *brief && most_of(s, &s->tables[i]) <= tolerated(s, s->tables[i].table->name);
    return true;
}

/* In turns, so that a drift of the machine falls on all sizes. */
static bool time_places(struct survey *s, struct error *e)
{
    bool good = true;
    for (size_t i = 0; good && i + 1 < SIZES; i++)
        good = make_template(s, i, e);
    for (size_t round = 1; good && round <= ROUNDS; round++)
        for (size_t i = 0; good && i < SIZES; i++)
            good = time_place(s, round % 2 ? i : SIZES - 1 - i, round, e);
    return good;
}

/* The shortest time that was seen at a smaller size: more rows do not take less. 0: none was seen.
 */
static double least_of(const struct held_table *h, size_t count)
{
    double least = 0;
    for (size_t i = 0; i < count; i++)
        if (h->points[i].seconds > 0 && (least == 0 || h->points[i].seconds < least))
            least = h->points[i].seconds;
    return least;
}

static void append_forecast(const struct survey *s, const struct held_table *h, struct text *json)
{
    const struct forecast_point *points = h->points;
    const struct fit_request request = {.parts = &points,
                                        .part_count = 1,
                                        .count = s->point_count,
                                        .rows = s->largest,
                                        .most_drift = most_drift,
                                        .seed = s->r->run->ground.seed};
    struct cost_prediction p = {
        .estimate = most_of(s, h) / margin, .low = h->first, .high = most_of(s, h)};
    if (s->point_count)
        cost_predict(&request, &p);
    double least = least_of(h, s->point_count);
    p.estimate =
        fmin(fmax(p.estimate, least), ages); /* also where too few runs saw the lock for a figure */
    p.low = fmin(fmax(p.low, least), p.estimate);
    p.high = fmin(p.high, ages);
    text_append(json, json->length > 1 ? ", {\"name\": \"" : "{\"name\": \"");
    for (const char *c = h->table->name; *c; c++)
        text_append_format(json, "%s%c", *c == '"' || *c == '\\' ? "\\" : "", *c);
    text_append_format(json,
                       "\", \"rows\": %.0f, \"estimate\": %.6f, \"low\": %.6f, \"high\": %.6f, "
                       "\"tolerated\": %.6f}",
                       rows_of(h->table), p.estimate, p.low, p.high, tolerated(s, h->table->name));
}

static char *predict(const struct survey *s)
{
    struct text json = {0};
    text_append(&json, "[");
    for (size_t i = 0; !s->failure && i < s->table_count; i++)
        if (s->tables[i].is_held && s->tables[i].table->rows)
            append_forecast(s, &s->tables[i], &json);
    text_append(&json, "]");
    return text_detach(&json);
}

static void survey_release(struct survey *s)
{
    for (size_t i = 0; i < SIZES; i++) {
        struct error ignored = {0};
        struct clone clone = {.database = s->templates[i]};
        if (clone.database && !s->r->run->ground.keep)
            drop(s, &clone, &ignored);
        else
            free(clone.database);
    }
    free(s->tables);
    free(s->failure);
}

char *hold_forecast_make(void *rehearsal, struct error *e)
{
    struct rehearsal *r = rehearsal;
    struct survey s = {.r = r};
    plan(&s);
    bool brief = false;
    bool good = s.largest > 0 && try_largest(&s, &brief, e) && (brief || time_places(&s, e));
    if (s.failure)
        event_message(r->run->events,
                      "locks are not forecast: with a share of production's rows the upgrade %s",
                      s.failure);
    /* what comes next looks at the database itself again */
    struct cluster *cluster = r->run->ground.cluster;
    if (cluster_is_taken_in_turns(cluster) && e->kind == ERROR_NONE)
        cluster_enter(cluster, r, r->database, e);
    char *json = good || e->kind == ERROR_NONE ? predict(&s) : NULL;
    survey_release(&s);
    return json;
}
