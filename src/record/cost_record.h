/*
 * What a migration costs, as parts of the run record: the ledger of one upgrade, how long others
 * were kept waiting by it, how long it will take elsewhere, and how it compares with earlier runs.
 * The record owns every string in it. Times are seconds, sizes bytes.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Counters of the server (PostgreSQL manual, 28.2 and F.32); -1: not known. */
struct cost_counters {
    int64_t wal_bytes, wal_records;
    int64_t buffers_hit, buffers_read, buffers_dirtied;
    int64_t temp_bytes;
};

struct statement_cost {
    size_t number; /* from 1, in the order in which they were asked */
    char *sql;
    char *step;       /* of the migrator's log, in which it fell; NULL: none */
    char *tag;        /* "ALTER TABLE"; NULL: it did not complete */
    char sqlstate[6]; /* of its error; "" for none */
    double started;   /* since the migrator was started */
    double seconds;   /* until the server was ready again; negative: it never was */
    uint64_t rows;
    size_t transaction; /* from 1; 0: it ran outside of any that we could see */
    struct cost_counters counters;
};

struct lock_cost {
    char *object;     /* "table public.orders", "index …", "sequence …" */
    char *mode;       /* as pg_locks has it: "AccessExclusiveLock" */
    size_t statement; /* number of the statement that took it */
    double taken;     /* since the migrator was started */
    double waited;    /* before it was granted */
    double held;      /* until the transaction ended */
    bool sampled; /* seen between two samples, not at a statement's boundary: times are bounds */
};

struct table_cost {
    char *table;           /* "public.orders" */
    int64_t before, after; /* bytes with indexes and TOAST; -1: not there */
    bool rewritten;        /* it has another file node, though it is the same table */
    size_t statement; /* number of the statement that rewrote it, where that is known; else 0 */
};

struct step_cost {
    char *name; /* as the migrator's log calls it */
    double seconds;
    size_t statements;
    struct cost_counters counters; /* sums; -1 where one of them is not known */
};

/* One query of the application, asked again and again while the migration runs. */
struct stall_point {
    double at; /* since the migrator was started; when it was asked */
    double seconds;
};
struct stall_record {
    char *probe;
    bool writes;
    struct stall_point *points; /* at most 2000 are kept, the longest among them */
    size_t point_count;
    size_t asked, failed;
    double longest, p99;
};

/* Zero-initialised it is empty and valid. */
struct cost_record {
    struct statement_cost *statements;
    size_t statement_count;
    struct lock_cost *locks;
    size_t lock_count;
    struct table_cost *tables;
    size_t table_count;
    struct step_cost *steps;
    size_t step_count;
    struct stall_record *stalls;
    size_t stall_count;
    struct cost_counters totals;
    double seconds; /* from the first statement's start to the last one's end */
    double watched; /* of which we kept it waiting, to look */
    char *missing;  /* one line: what could not be determined, and why; NULL: nothing */
};

void cost_record_free(struct cost_record *c);

/* The term of a model: 0, n, n log2(n + 1). */
enum cost_model { COST_CONSTANT, COST_LINEAR, COST_LINEARITHMIC };

struct forecast_step {
    char *name; /* a step of the migrator's log; "upgrade": the whole, else it is their sum */
    enum cost_model model;
    double constant, slope;     /* seconds; seconds for each unit of the model's term */
    double residual;            /* standard deviation of the residuals, as a share of the fit */
    double estimate, low, high; /* seconds at the size asked for, 95 % */
};

struct forecast_point {
    double rows, seconds;
};

struct forecast_record {
    char *what;                    /* what `rows` counts: "code_chunks" */
    struct forecast_point *points; /* every timing of the whole upgrade, by size */
    size_t point_count;
    double rows;                /* at which it was asked for */
    double estimate, low, high; /* seconds for the whole upgrade, 95 % */
    double limit;               /* seconds; 0: none */
    struct forecast_step *steps;
    size_t step_count;
    char *note;     /* how the sizes were measured, in a line; NULL: nothing special */
    char *sentence; /* "3 min 40 s (3:05 to 4:30) at 2.1 million …, limit 5 min" */
};

void forecast_record_free(struct forecast_record *f);

struct trend_point {
    char *started_at; /* UTC, ISO 8601 */
    char *label;      /* commit or version; may be NULL */
    double value;
    bool change; /* from here on it is another level */
};

/* One measure over the runs that a history holds under the same circumstances; oldest first. */
struct trend {
    char *scenario, *measure, *unit;
    struct trend_point *points; /* the last one is this run */
    size_t point_count;
    char *verdict; /* one line: "steady", "since 2026-03-01 17 % slower", … */
    bool worse;
};

void trend_release(struct trend *t);
