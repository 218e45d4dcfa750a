/* How far `generate` is, for a person at a terminal: through the events and reporters of every
 * command. */
#pragma once
#include "record/live_scenario.h"
#include "reports/reporting.h"

struct filling_progress {
    struct run_record record;
    struct event_stream events;
    struct reporting reporting;
    struct live_scenario live;
};

/* Begins. `p` stays where it is until it is released. */
bool filling_progress_begin(struct filling_progress *p, struct error *e);

/* A generator_progress_fn; `context` is the struct filling_progress. */
void filling_progress_show(void *context, const char *table, uint64_t done, uint64_t total);

/* Takes away what is shown. */
void filling_progress_release(struct filling_progress *p);
