/* Reports of a run that has ended: of several machines, or on several servers. */
#pragma once
#include "base/cancel.h"
#include "reports/reporting.h"

/* Plays the record to the reporters, which must not listen yet, and returns its exit code. */
int whole_report(struct reporting *reporting, const struct run_record *record,
                 const struct cancel *cancel);
