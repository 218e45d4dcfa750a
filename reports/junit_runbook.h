/* A scenario's runbook with its times, as the standard output of a JUnit suite. */
#pragma once
#include "base/text.h"
#include "record/record.h"

/*
 * A line for each step and measurement, for further tries and the cost. `with_remarks`: also what
 * warnings and notes say, which the schema of Ant has no place for in a test.
 */
void junit_runbook_append(struct text *t, const struct scenario_record *s, bool with_remarks);
