/*
 * TAP version 13 (Test Anything Protocol, testanything.org/tap-version-13-specification.html), as
 * `prove` takes it: the plan first, one line a check, and below it a YAML block with what the check
 * has to say. A check that did not run is "not ok", never a SKIP. A scenario without checks, and a
 * run that failed as a whole, are "not ok" too, so that nobody takes them for success.
 *
 * The YAML is such that both a YAML 1.1 parser and prove's own small reader take it: keys are
 * words, a text is in double quotes with no escape but \\ \" \n \t, or a plain literal block.
 */
#pragma once
#include <stdio.h>

#include "record/observer.h"

/* One scenario as a document of its own. The caller flushes and checks `out`. */
void tap_write_scenario(FILE *out, const struct scenario_record *s);

/*
 * A run as one document, while it goes on. A run of one scenario streams each check as it ends;
 * with several, the lines of a scenario come together when it has ended.
 */
struct tap_observer {
    FILE *out;
    const struct run_record *run;
    size_t lines;        /* test lines written so far: the last number given */
    bool *scenario_told; /* for each scenario, whether its lines are written */
    bool *check_told;    /* of the only scenario, for each check in planned order */
    size_t steps_told;   /* of the only scenario: how many have told their measurements */
    bool failed;         /* `out` could not be written; look after run_ends */
};

/* Makes `o` write to `out`, flushed after each event. Release it after the run. */
void tap_observer_init(struct tap_observer *t, struct observer *o, FILE *out);
void tap_observer_release(struct tap_observer *t);
