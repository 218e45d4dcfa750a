/* The options of `run` that choose a part of what was planned, and what happens when a scenario
   does not pass. */
#pragma once
#include "commands/arguments.h"
#include "record/record.h"
#include "rehearsal/rehearse.h"

/* For the command's table of options. Releases of clang-format lay it out in different ways. */
// clang-format off
#define PART_OPTIONS                                                                          \
    {"partition", "K/N", "run only part K of N, for N machines; merge joins the reports"},    \
    {"durations", "FILE", "run.json of an earlier run, to divide by how long scenarios take"}, \
    {"rerun-failed", NULL, "run only what did not pass in the last report in the output folder"}, \
    {"retry", "N", "try a scenario again that could not be checked, N times at most"},        \
    {"fail-fast", NULL, "start no further scenario after one that did not pass"}
// clang-format on

struct run_part {
    struct run_record durations, last; /* reports of earlier runs */
    char *last_path;
};

/*
 * Reads the options into `request`, which then refers to the zero-initialised `p`. `output` is the
 * folder of the last report, `major` the server's version where --pg names it, else 0.
 */
bool run_part_read(struct run_part *p, const struct arguments *a, const char *output, int major,
                   struct rehearse_request *request, struct error *e);
void run_part_release(struct run_part *p);
