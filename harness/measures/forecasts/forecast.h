/*
 * How long the upgrade will take with as many rows as production has: it is timed at several
 * smaller sizes, and what was measured is carried on. docs/forecast.md explains the figures,
 * src/statistics/cost_fit.h the methods.
 */
#pragma once
#include "measures/comparisons/bench.h"
#include "measures/forecasts/forecast_buffers.h"
#include "record/cost_record.h"
#include "record/live_scenario.h"

enum { FORECAST_SIZES_MOST = 12 };

struct forecast_request {
    struct bench_request bench;
    const struct generator_size *sizes;     /* the suite's, with the command line's values */
    uint64_t at_sizes[FORECAST_SIZES_MOST]; /* of the size that is scaled; */
    size_t at_count;                        /* 0: chosen by ourselves */
    const char *table;                      /* whose rows count */
    double rows;                            /* how many it will have */
    double buffers;    /* bytes of shared_buffers in production; 0: as the server's */
    double time_limit; /* seconds */
    size_t rounds;     /* runs at each size */
};

struct forecast {
    const struct forecast_request *request;
    struct bench bench; /* its record gets the forecast and a scenario "forecast" */
    struct live_scenario live;
    const char *scaled;              /* the name of the size that was scaled */
    struct forecast_record *outcome; /* the record's; NULL until there is one */
    double drift;                    /* the share added to the interval for every doubling */
    double residual;                 /* standard deviation of the points, as a share of the fit */
    struct forecast_buffers buffers; /* how the tables were read */
};

/*
 * False, with the error set, when it could not be done. An upgrade that fails at one of the sizes
 * is a finding. The request's events report it as it happens; of a request that is wrong
 * (ERROR_USAGE at once) nothing is reported. Release in any case.
 */
bool forecast_run(struct forecast *f, const struct forecast_request *request, struct error *e);

/* For a person, to standard output; and forecast.json into `folder`, with every timing. */
void forecast_print(const struct forecast *f);
bool forecast_write(const struct forecast *f, const char *folder, struct error *e);

void forecast_release(struct forecast *f);

/*
 * How many rows the database at `url` has, which is only read: of `table`, or with NULL of the
 * suite's preserved table that has the most. `*name` is to be freed; `*how` says whether they were
 * counted or are the planner's estimate (PostgreSQL manual, 53.11: reltuples). `*buffers`: the
 * bytes of its shared_buffers.
 */
bool forecast_source(const char *url, const struct suite *suite, const char *table,
                     const struct cancel *cancel, char **name, double *rows, const char **how,
                     double *buffers, struct error *e);

/* The same from a shape of that database. */
bool forecast_shape(const char *path, const struct suite *suite, const char *table, char **name,
                    double *rows, const char **how, double *buffers, struct error *e);

/* How good the forecast in the file `path` was, now that the upgrade took `seconds`. */
struct forecast_score {
    double estimate, low, high;
    bool inside;
};
bool forecast_score(const char *path, struct forecast_score *score, struct error *e);
