/*
 * A scenario that is recorded and reported while it happens, for commands without a runbook of
 * verbs: beginning and ending its steps and checks here puts them into the record and into the
 * stream of events alike. Steps are planned with record_add_step() and run in that order; the
 * record stays the caller's.
 */
#pragma once
#include "record/event.h"

struct live_scenario {
    struct run_record *run;
    struct event_stream *events; /* NULL: nobody listens */
    double run_started;          /* clock_seconds() */
    size_t place;                /* of the scenario in the run */
    size_t next;                 /* of the step that begins next */
    bool in_step;
};

/* Begins the run's last scenario, the run having started at `run_started` on clock_seconds(). */
void live_scenario_begin(struct live_scenario *l, struct run_record *run,
                         struct event_stream *events, double run_started);

struct scenario_record *live_scenario_record(const struct live_scenario *l);

/* Ends the running step, if any, and begins the next planned one with all of its checks. */
struct step *live_scenario_step(struct live_scenario *l);

/*
 * Concludes a check of the running step; `message` (NULL: none) is copied. Whatever else the record
 * should hold of the check is set before.
 */
void live_scenario_conclude(struct live_scenario *l, struct check *check, enum outcome outcome,
                            const char *message);

/* The running step ends; its checks that were not concluded did not run, because of `why`. */
void live_scenario_end_step(struct live_scenario *l, const char *why);

/*
 * The next planned step is passed over, and with it its checks: because of `why`, which is a reason
 * against the run unless `is_needless`.
 */
void live_scenario_skip(struct live_scenario *l, const char *why, bool is_needless);

void live_scenario_progress(const struct live_scenario *l, const char *what, double done,
                            double total);

/* Ends the scenario; what is left of it did not run, because of `why`. */
void live_scenario_end(struct live_scenario *l, const char *why);
