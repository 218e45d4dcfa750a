/*
 * The history: what each run measured and under which circumstances, in a store; and of each
 * measure the series over the runs that were made on the same terms (terms.h).
 */
#pragma once
#include "measures/histories/store.h"
#include "record/record.h"

enum { HISTORY_RUNS = 200 }; /* of a series, so many of the newest runs are read */

/* Writes the run, its circumstances and all that it measured: everything or nothing. */
bool history_write(struct store *s, const struct run_record *r, struct error *e);

/*
 * Fills r->trends with the telling measures (measures.h) of this run, each behind its values in
 * the earlier runs on the same terms; measures that were never taken before are left out. The
 * run itself need not be in the store.
 */
bool history_compare(struct store *s, struct run_record *r, struct error *e);

struct history_run {
    char *id, *started_at, *version, *migrator, *verdict, *label, *terms;
    double seconds;
};

/* A series of one measure on one set of terms. */
struct history_series {
    char *terms;
    struct trend trend;
    char **runs; /* the id of each point's run */
};

struct history_filter {
    const char *suite;
    const char *migrator; /* this and the next two: NULL for all */
    const char *scenario;
    const char *measure; /* a shell pattern; NULL: all but rows and the parts of a whole */
    uint64_t last;       /* so many of the newest runs */
};

struct history_view {
    struct history_run *runs; /* oldest first */
    size_t run_count;
    struct history_series *series; /* by terms, scenario, measure */
    size_t series_count;
};

bool history_read(struct store *s, const struct history_filter *filter, struct history_view *view,
                  struct error *e);

/* "PostgreSQL 15.20, 2 x AMD EPYC, seed 1, repositories 100, …": the run's terms, to be freed. */
char *history_terms(struct store *s, const char *run, struct error *e);

void history_view_release(struct history_view *view);
