/*
 * The run for a person: progress on one stream (stderr) while it goes on, the summary on another
 * (stdout) when it has ended. On a terminal, one line for each running scenario is redrawn in
 * place; elsewhere plain lines tell scenarios and failing checks as they end.
 */
#pragma once
#include "record/observer.h"
#include "reports/live_view.h"

struct pretty {
    FILE *progress, *results;
    struct terminal seen, read; /* of progress; of results */
    struct live_view view;
    bool live;
    const struct run_record *run;
    size_t name_columns;
    size_t checks, checks_ended, scenarios_ended;
    size_t *findings;          /* of each scenario, so far */
    const struct step **steps; /* which each scenario is at */
    bool failed;               /* `results` could not be written; look after run_ends */
};

/*
 * Makes `o` write to the two streams, after what terminal_of() says of them. Release it after, and
 * leave `p` where it is until then.
 */
void pretty_init(struct pretty *p, struct observer *o, FILE *progress, FILE *results);

/* Also ends a live view that no run_ends has ended. */
void pretty_release(struct pretty *p);
