#include "commands/whole_report.h"

#include <stdio.h>

#include "commands/command.h"
#include "commands/report_options.h"
#include "record/verdict.h"

static void replay(struct event_stream *events, const struct run_record *r)
{
    event_run(events, EVENT_RUN_BEGINS);
    for (size_t i = 0; i < r->scenario_count; i++) {
        event_scenario(events, EVENT_SCENARIO_BEGINS, &r->scenarios[i]);
        event_replay_steps(events, &r->scenarios[i]);
        event_scenario(events, EVENT_SCENARIO_ENDS, &r->scenarios[i]);
    }
    event_run(events, EVENT_RUN_ENDS);
}

int whole_report(struct reporting *reporting, const struct run_record *record,
                 const struct cancel *cancel)
{
    struct error e = {0};
    struct event_stream events;
    int code;
    event_stream_init(&events, record);
    if (reporting_listen(reporting, &events, &e)) {
        replay(&events, record);
        code = (int)verdict_of_run(record);
        if (record->error)
            fprintf(stderr, "pgrehearse: %s\n", record->error);
    } else {
        code = command_fail(&e);
    }
    code = report_options_finish(reporting, record, cancel, code);
    event_stream_release(&events);
    return code;
}
