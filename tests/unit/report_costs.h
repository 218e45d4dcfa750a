/* Run records with costs, trends and a forecast, for the tests of the reports. */
#pragma once
#include <math.h>

#include "report_records.h"

static inline struct cost_counters counters_of(int64_t bytes)
{
    return (struct cost_counters){bytes, bytes / 60, bytes / 90, bytes / 9000, bytes / 700, 0};
}

static inline struct statement_cost *add_statement(struct cost_record *c, const char *sql,
                                                   double started, double seconds)
{
    struct statement_cost *s =
        memory_append(&c->statements, &c->statement_count, sizeof *c->statements);
    s->number = c->statement_count;
    s->sql = memory_copy_of(sql);
    s->tag = memory_copy_of("ALTER TABLE");
    s->started = started;
    s->seconds = seconds;
    s->rows = seconds > 0 && seconds < 1000 ? (uint64_t)(seconds * 10000) : 0;
    s->transaction = 1;
    s->counters = counters_of((int64_t)(seconds * 9e6));
    return s;
}

static inline struct lock_cost *add_lock(struct cost_record *c, const char *object,
                                         const char *mode, double taken, double waited, double held)
{
    struct lock_cost *l = memory_append(&c->locks, &c->lock_count, sizeof *c->locks);
    l->object = memory_copy_of(object);
    l->mode = memory_copy_of(mode);
    l->statement = 2;
    l->taken = taken;
    l->waited = waited;
    l->held = held;
    return l;
}

static inline void add_table_cost(struct cost_record *c, const char *name, int64_t before,
                                  int64_t after, bool rewritten)
{
    struct table_cost *t = memory_append(&c->tables, &c->table_count, sizeof *c->tables);
    *t = (struct table_cost){memory_copy_of(name), before, after, rewritten, rewritten ? 3 : 0};
}

static inline void add_stall(struct cost_record *c, const char *probe, bool writes, double longest)
{
    struct stall_record *s = memory_append(&c->stalls, &c->stall_count, sizeof *c->stalls);
    s->probe = memory_copy_of(probe);
    s->writes = writes;
    s->asked = 180;
    s->longest = longest;
    s->p99 = longest / 8;
    for (int i = 0; i < 180; i++) {
        struct stall_point *p = memory_append(&s->points, &s->point_count, sizeof *s->points);
        p->at = 0.4 + i * 0.011;
        p->seconds = i == 60 ? longest : longest * 0.02 * (1 + i * 37 % 11 / 3.0);
    }
}

static inline struct cost_record *add_cost(struct scenario_record *s)
{
    s->cost = memory_zeroed(1, sizeof *s->cost);
    s->cost->seconds = 1.92;
    s->cost->watched = 0.041;
    s->cost->totals = counters_of(13002342);
    return s->cost;
}

static inline void add_ledger(struct cost_record *c)
{
    static const struct {
        const char *sql;
        double started, seconds;
    } statements[] = {
        {"BEGIN", 0.41, 0.0002},
        {"ALTER TABLE orders ADD COLUMN tenant character varying(50) NOT NULL DEFAULT 'default'",
         0.412, 0.31},
        {"UPDATE lines SET tenant = orders.tenant\nFROM orders WHERE orders.id = lines.order_id",
         0.73, 0.88},
        {"ALTER TABLE lines ALTER COLUMN tenant SET NOT NULL", 1.62, 0.12},
        {"ALTER TABLE orders ADD CONSTRAINT tenant_check CHECK (tenant ~ '^[a-z]+$')", 1.75, 0.02},
        {"CREATE INDEX orders_tenant ON orders (tenant, id)", 1.78, 0.21},
        {"DROP TABLE vendors", 2.0, 0.015},
        {"UPDATE version SET number = '002'", 2.03, 0.001},
        {"COMMIT", 2.04, 0.29},
    };
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        add_statement(c, statements[i].sql, statements[i].started, statements[i].seconds);
    add_lock(c, "table public.orders", "AccessExclusiveLock", 0.52, 0.1, 1.81);
    add_lock(c, "table public.lines", "RowExclusiveLock", 0.73, 0, 1.6);
    add_lock(c, "table public.lines", "AccessExclusiveLock", 1.62, 0, 0.71);
    add_lock(c, "table public.orders", "ShareLock", 1.78, 0, 0.55);
    add_lock(c, "table public.vendors", "AccessExclusiveLock", 2.0, 0, 0.33);
    add_lock(c, "table public.audit", "ShareRowExclusiveLock", 1.2, 0.2, 0.6)->sampled = true;
    add_lock(c, "index public.orders_pkey", "AccessShareLock", 0.73, 0, 1.6);
    add_table_cost(c, "public.orders", 81920, 98304, false);
    add_table_cost(c, "public.lines", 9437184, 18874368, true);
    add_table_cost(c, "public.vendors", 16384, -1, false);
    struct step_cost *step = memory_append(&c->steps, &c->step_count, sizeof *c->steps);
    *step = (struct step_cost){memory_copy_of("Step 3/10: Adding tenant"), 1.2, 3,
                               counters_of(9000000)};
    step = memory_append(&c->steps, &c->step_count, sizeof *c->steps);
    *step = (struct step_cost){
        memory_copy_of("Step 7/10: Dropping tables"), 0.1, 2, {-1, -1, -1, -1, -1, -1}};
}

static inline void add_forecast(struct run_record *r, double rows, double limit)
{
    struct forecast_record *f = r->forecast = memory_zeroed(1, sizeof *f);
    f->what = memory_copy_of("lines");
    f->rows = rows;
    f->estimate = 0.2 + 1e-4 * rows;
    f->low = f->estimate * 0.85;
    f->high = f->estimate * 1.2;
    f->limit = limit;
    f->sentence = memory_copy_of("3 min 30 s (2:59 to 4:12) at 2.1 million lines, limit 5 min");
    f->note = memory_copy_of("timed with shared_buffers of 4.0 MB");
    for (int i = 0; i < 9; i++) {
        struct forecast_point *p = memory_append(&f->points, &f->point_count, sizeof *f->points);
        p->rows = 1000 * (1 << (i / 2));
        p->seconds = 0.2 + 1e-4 * p->rows * (i % 2 ? 1.04 : 0.97);
    }
    struct forecast_step *s = memory_append(&f->steps, &f->step_count, sizeof *f->steps);
    *s = (struct forecast_step){
        memory_copy_of("upgrade"), COST_LINEAR, 0.2, 1e-4, 0.04, f->estimate, f->low, f->high};
    s = memory_append(&f->steps, &f->step_count, sizeof *f->steps);
    *s = (struct forecast_step){
        memory_copy_of("Step 6/10: Creating index"), COST_LINEARITHMIC, 0, 1e-6, 0.1, 30, 25, 37};
}

static inline struct trend *add_trend(struct run_record *r, const char *measure, const char *unit,
                                      double level, size_t change)
{
    struct trend *t = memory_append(&r->trends, &r->trend_count, sizeof *r->trends);
    t->scenario = memory_copy_of("performance");
    t->measure = memory_copy_of(measure);
    t->unit = memory_copy_of(unit);
    t->worse = change > 0;
    t->verdict = memory_copy_of(change ? "since 2025-09-20 17 % more" : "steady");
    for (size_t i = 0; i < 30; i++) {
        struct trend_point *p = memory_append(&t->points, &t->point_count, sizeof *t->points);
        p->started_at = memory_format("2025-09-%02zuT09:30:00Z", i + 1);
        p->label = i % 3 ? NULL : memory_format("4f2a9c%zu", i);
        p->value = level * (change && i >= change ? 1.17 : 1) * (1 + (double)(i * 7 % 5) / 100);
        p->change = change && i == change;
    }
    return t;
}

/* A run for which everything was asked, and which passed. */
static inline void costs_record(struct run_record *r)
{
    begin_record(r);
    add_fresh(r, OUTCOME_PASSED);
    struct cost_record *c = add_cost(&r->scenarios[0]);
    add_ledger(c);
    add_stall(c, "search", false, 1.3);
    add_stall(c, "new order", true, 1.9);
    c->missing = memory_copy_of("temporary files: the role may not read pg_stat_database");
    add_trend(r, "upgrade", "s", 0.8, 19);
    add_trend(r, "write-ahead log", "bytes", 13002342, 0);
    add_forecast(r, 2.1e6, 300);
}

/* More statements, locks and measures than can be drawn; a run that is cut off and fails. */
static inline void crowded_record(struct run_record *r)
{
    findings_record(r);
    struct cost_record *c = add_cost(&r->scenarios[1]);
    for (int i = 0; i < 300; i++) {
        char *sql = memory_format("UPDATE lines SET tenant = 'default' WHERE id %% 300 = %d", i);
        add_statement(c, sql, 0.5 + i * 0.0041, 0.0005 + i * 37 % 91 / 25000.0);
        free(sql);
    }
    snprintf(c->statements[250].sqlstate, sizeof c->statements[250].sqlstate, "55P03");
    c->statements[299].seconds = -1;
    for (int i = 0; i < 200; i++) {
        char *object = memory_format("table public.part_%03d", i % 60);
        add_lock(c, object, i % 3 ? "RowExclusiveLock" : "AccessExclusiveLock", 0.5 + i * 0.004,
                 i % 7 ? 0 : 0.05, 0.9);
        free(object);
    }
    for (int i = 0; i < 8; i++)
        add_stall(c, i % 2 ? "writer" : "reader", i % 2, 0.2 + i);
    for (int i = 0; i < 20; i++)
        add_trend(r, "measure", i % 2 ? "rows" : "s", i, i % 3 ? 0 : 12);
    add_forecast(r, 30000, 2);
}

/* Names that would be commands to gnuplot, or markup to a browser, in every place. */
static inline void hostile_record(struct run_record *r)
{
    static const char *const hostile[] = {
        "\"; system('touch gnuplot-ran') #",
        "`touch gnuplot-ran`",
        "'\nset output 'gnuplot-ran'\nplot x\n",
        "@GNUTERM $d1 << EOD\nEOD\n!touch gnuplot-ran\n",
        "</text></svg><script>alert(1)</script><style>*{}</style>",
        "w0 w1 {/Symbol a} %d %s \\\\ \xff \x1b[2J \u202e",
        "]]> <!-- & &amp; --> \"' onload=x",
        "",
    };
    begin_record(r);
    add_fresh(r, OUTCOME_PASSED);
    struct cost_record *c = add_cost(&r->scenarios[0]);
    add_forecast(r, 20000, 0);
    free(r->forecast->note);
    r->forecast->note = memory_copy_of(hostile[1]);
    free(r->forecast->what);
    r->forecast->what = memory_copy_of(hostile[0]);
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        add_statement(c, hostile[i], 1 + (double)i, 0.9)->step = memory_copy_of(hostile[i]);
        add_lock(c, hostile[i], i ? "AccessExclusiveLock" : hostile[1], 1 + (double)i, 0.2, 3);
        add_table_cost(c, hostile[i], 1, 2, true);
        add_stall(c, hostile[i], false, 1);
        struct trend *t = add_trend(r, hostile[i], hostile[i], 5, 12);
        free(t->verdict);
        t->verdict = memory_copy_of(hostile[i]);
        free(t->points[3].label);
        t->points[3].label = memory_copy_of(hostile[i]);
    }
}

/* Figures that are not there, not finite, or all the same. */
static inline void odd_record(struct run_record *r)
{
    begin_record(r);
    add_fresh(r, OUTCOME_PASSED);
    struct cost_record *c = add_cost(&r->scenarios[0]);
    c->totals = (struct cost_counters){-1, -1, -1, -1, -1, -1};
    add_statement(c, "SELECT 1", 0, 0);
    add_statement(c, NULL, NAN, INFINITY);
    add_lock(c, "table public.t", "NoSuchLock", NAN, -1, INFINITY);
    add_lock(c, "table public.u", "AccessExclusiveLock", 0, 0, INFINITY);
    add_stall(c, "none", false, 0);
    add_stall(c, "not asked", false, NAN);
    add_forecast(r, 1000, 0);
    r->forecast->low = -INFINITY;
    add_trend(r, "nothing", "s", 0, 0);
    add_trend(r, "not a number", "s", NAN, 3);
    add_trend(r, "less than nothing", "s", -5, 3);
    struct trend *t = memory_append(&r->trends, &r->trend_count, sizeof *r->trends);
    *t = (struct trend){0};
}

static const struct record_case cost_cases[] = {
    {"costs", costs_record},
    {"crowded", crowded_record},
    {"hostile", hostile_record},
    {"odd", odd_record},
};

enum { COST_CASES = sizeof cost_cases / sizeof *cost_cases };
