/* What a person reads at the end of a run, most important last, where the eye is. */
#pragma once
#include "record/record.h"
#include "reports/reporter.h"
#include "reports/terminal.h"

/*
 * Adds the summary, whole lines: the scenarios if `scenarios`, what was measured, each cause of a
 * finding or an error once, what did not run, the verdict, and where in `folder` (NULL: nowhere)
 * the page and the logs are.
 */
void summary_append(struct text *out, const struct terminal *terminal, const struct run_record *r,
                    bool scenarios, const char *folder);

/* The line of a scenario that has ended, in valid text with marks; names padded to `columns`. */
void summary_append_scenario(struct text *line, const struct scenario_record *s, size_t columns);

/*
 * Whether a line of its own says something of it. Of a range of revisions, which may have hundreds
 * of scenarios, those that did not run at all are only counted at the end.
 */
bool summary_shows_scenario(const struct scenario_record *s);

/* Columns of the longest name of a scenario. */
size_t summary_name_columns(const struct run_record *r);

/* Prints summary_append() to the place's results; false if they could not be written. */
bool summary_print(const struct report_place *place, const struct terminal *terminal,
                   const struct run_record *r, bool scenarios);
