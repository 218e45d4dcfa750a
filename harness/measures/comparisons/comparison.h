/*
 * Two sets of migrations, the base and the candidate, upgraded in turns on clones of one template:
 * whether the candidate costs more. docs/compare.md says how the verdict comes about.
 */
#pragma once
#include "measures/comparisons/bench.h"
#include "measures/comparisons/counter_rules.h"
#include "measures/comparisons/time_series.h"
#include "record/live_scenario.h"
#include "statistics/decision.h"

struct comparison_request {
    struct bench_request bench; /* its migrations are the candidate's */
    const char *base;           /* the folder of the base's migrations; or NULL: */
    const char *base_reference; /* a commit of git, of the candidate's folder; NULL: last release */
    const struct generator_size *sizes;
    double threshold; /* 0.10 */
    size_t rounds;    /* the most pairs that are timed before a confirmation */
};

enum comparison_outcome {
    COMPARISON_FINE,
    COMPARISON_REGRESSED,
    COMPARISON_INCONCLUSIVE,
};

struct comparison {
    const struct comparison_request *request;
    struct bench bench;
    struct live_scenario live;
    struct migrator base;
    char *base_name; /* for people: the folder, or the commit */
    char *template;
    struct cost_record **ledgers[2]; /* of the base, of the candidate */
    size_t ledger_count[2];
    struct decision_rule rule;
    struct time_series times, fresh;       /* fresh: those that had to confirm an alarm */
    struct decision_measure *measures;     /* of times, as of the last look */
    struct decision_measure *confirmation; /* of fresh; NULL: there was no alarm */
    struct differences differences;
    enum comparison_outcome outcome;
    bool time_decided; /* the timings alone decided; not, where a counter had before they could */
    char *reason;      /* one line: why it is inconclusive, or why the candidate failed; or NULL */
    char *failed_file; /* in which the candidate failed; NULL: not known */
    unsigned failed_line;
    char *missing; /* what the ledgers could not tell; or NULL */
};

/*
 * Runs it all. False, with the error set, when it could not be done: the base fails, no server, the
 * two do not begin with the same schema. A candidate that fails has regressed, with the reason.
 * The bench's record gets a scenario "compare", whose steps and checks the request's events report
 * as they happen; of a request that is wrong (ERROR_USAGE at once) nothing is reported. Release in
 * any case.
 */
bool comparison_run(struct comparison *c, const struct comparison_request *request,
                    struct error *e);

const char *comparison_outcome_name(enum comparison_outcome outcome);

/* For a person, to standard output; and comparison.json into `folder`, with every timing. */
void comparison_print(const struct comparison *c);
bool comparison_write(const struct comparison *c, const char *folder, struct error *e);

void comparison_release(struct comparison *c);
