/*
 * The verdict, computed here and nowhere else, from the run record alone.
 *
 * One finding suffices for FINDINGS: the migration is bad, whatever else could not be checked.
 * A check that did not run has not passed, and a run without checks has not passed either.
 */
#pragma once
#include "record/record.h"

enum verdict {
    VERDICT_PASSED = 0,   /* everything ran and passed */
    VERDICT_FINDINGS = 1, /* do not ship this migration */
    VERDICT_UNCHECKED = 3 /* could not check all of it */
};

/* The values are the exit codes of the program; 2 is the command line's and the suite's own. */
enum verdict verdict_of_run(const struct run_record *r);
enum verdict verdict_of_scenario(const struct scenario_record *s);

/* "passed", "findings", "could not check" */
const char *verdict_name(enum verdict verdict);
