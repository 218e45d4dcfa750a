/* The folder that a run leaves: SCENARIO.tap for each, junit.xml, run.json and report.html. */
#pragma once
#include "base/error.h"
#include "record/record.h"

/*
 * Makes the folder, with its parents, if it is not there, and writes every report into it. A file
 * that cannot be written does not keep the others from being written; the first error is told.
 * In a scenario's file name what is not a letter, digit, ".", "_" or "-" becomes "_".
 */
bool reports_write(const char *directory, const struct run_record *r, struct error *e);
