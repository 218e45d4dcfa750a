/*
 * Where the history of runs is kept: an interface, with one row in store.c for each kind of place
 * (store_sqlite.h: a file; store_postgres.h: a database that several runners share).
 *
 * A file or schema that is not ours, or that a newer version has made, is refused and left as it
 * is.
 *
 * Every failure is an ERROR_UNAVAILABLE, except for a malformed location: ERROR_USAGE.
 */
#pragma once
#include <stdint.h>

#include "base/cancel.h"
#include "base/error.h"

enum store_mode {
    STORE_READ, /* it must be there, and is not changed */
    STORE_WRITE /* it is made, or brought up to date, where that is needed */
};

/* What one run measured once. */
struct stored_value {
    const char *scenario, *measure, *unit;
    double value;
};

struct stored_fact {
    const char *name, *value; /* a circumstance */
};

/* A run; valid UTF-8 without control characters. A listed run has neither facts nor values. */
struct stored_run {
    const char *id, *started_at, *version, *suite, *migrator, *baseline, *target, *verdict;
    const char *label, *terms; /* what is rehearsed; digest of what bears on the measures */
    double seconds;
    struct stored_fact *facts;
    size_t fact_count;
    struct stored_value *values;
    size_t value_count;
};

struct store_run_query {
    const char *suite;
    const char *migrator; /* NULL: all */
    uint64_t last;        /* so many of the newest */
};

/* The values of one measure in the runs on one set of terms. */
struct store_series_query {
    const char *terms, *scenario, *measure, *unit;
    const char *until; /* started_at of the newest */
    const char *but;   /* the id of a run that is left out */
    uint64_t last;
};

struct stored_point {
    const char *started_at, *label;
    double value;
};

/* Strings that a callback gets live until it returns. */
typedef void store_run_fn(void *context, const struct stored_run *run);
typedef void store_point_fn(void *context, const struct stored_point *point);
typedef void store_value_fn(void *context, const struct stored_value *value);
typedef void store_fact_fn(void *context, const struct stored_fact *fact);

struct store;

/*
 * A kind of store. Errors need not name the place. A function returns false with an error set;
 * `close` accepts a store whose `open` failed.
 */
struct store_kind {
    bool (*takes)(const char *where); /* looks at nothing but the spelling */
    bool (*check_place)(const char *where, struct error *e);
    char *(*display)(const char *where); /* without a password; to be freed */
    bool (*open)(struct store *s, const char *where, enum store_mode mode, struct error *e);
    bool (*write_run)(struct store *s, const struct stored_run *run, struct error *e);
    bool (*list_runs)(struct store *s, const struct store_run_query *q, store_run_fn *take,
                      void *context, struct error *e);
    bool (*read_series)(struct store *s, const struct store_series_query *q, store_point_fn *take,
                        void *context, struct error *e);
    bool (*read_values)(struct store *s, const char *run, const char *scenario,
                        store_value_fn *take, void *context, struct error *e);
    bool (*read_facts)(struct store *s, const char *run, store_fact_fn *take, void *context,
                       struct error *e);
    void (*close)(struct store *s);
};

struct store {
    const struct store_kind *kind; /* NULL: closed */
    void *state;                   /* the kind's own; NULL until it is opened */
    char *display;                 /* the file's path, or the URL without its password */
    const struct cancel *cancel;
};

/* Whether `where` is something that can be opened; looks at nothing but its spelling. */
bool store_check_place(const char *where, struct error *e);

/* Opens the file or URL. Waits at most some 15 seconds for others. Close it in any case. */
bool store_open(struct store *s, const char *where, enum store_mode mode,
                const struct cancel *cancel, struct error *e);

/* Writes the run with its facts and values: everything or nothing. */
bool store_write_run(struct store *s, const struct stored_run *run, struct error *e);

/* Newest first. */
bool store_list_runs(struct store *s, const struct store_run_query *q, store_run_fn *take,
                     void *context, struct error *e);

/* Newest first. */
bool store_read_series(struct store *s, const struct store_series_query *q, store_point_fn *take,
                       void *context, struct error *e);

/* What the run measured, in the scenario or, with NULL, in all; by scenario and measure. */
bool store_read_values(struct store *s, const char *run, const char *scenario, store_value_fn *take,
                       void *context, struct error *e);

/* The circumstances of the run, by name. */
bool store_read_facts(struct store *s, const char *run, store_fact_fn *take, void *context,
                      struct error *e);

void store_close(struct store *s);
