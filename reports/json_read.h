/*
 * The record of a run, read back from the run.json that the reporter `json` wrote: all that reports
 * show, but the forecast, which no run has. Times come back rounded to microseconds and long texts
 * as they were cut, so that what is written again is the same, byte for byte.
 */
#pragma once
#include "base/error.h"
#include "record/record.h"

/*
 * Reads the file at `path` into the zero-initialised `r`; release it in any case. ERROR_USAGE,
 * which names the file, where it cannot be read or is no such record.
 */
bool json_read_run(struct run_record *r, const char *path, struct error *e);
