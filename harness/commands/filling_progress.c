#include "commands/filling_progress.h"

#include <stdio.h>

#include "base/clock.h"

bool filling_progress_begin(struct filling_progress *p, struct error *e)
{
    const struct reporting_request request = {
        .format = "pretty", .quiet = true, .out = stdout, .progress = stderr};
    *p = (struct filling_progress){0};
    event_stream_init(&p->events, &p->record);
    record_add_step(record_add_scenario(&p->record, "generate", "Fill the tables"),
                    "fill the tables");
    if (!reporting_open(&p->reporting, &request, e) ||
        !reporting_listen(&p->reporting, &p->events, e))
        return false;
    event_run(&p->events, EVENT_RUN_BEGINS);
    live_scenario_begin(&p->live, &p->record, &p->events, clock_seconds());
    live_scenario_step(&p->live);
    return true;
}

void filling_progress_show(void *context, const char *table, uint64_t done, uint64_t total)
{
    const struct filling_progress *p = context;
    live_scenario_progress(&p->live, table, (double)done, (double)total);
}

void filling_progress_release(struct filling_progress *p)
{
    reporting_release(&p->reporting);
    event_stream_release(&p->events);
    record_release(&p->record);
}
