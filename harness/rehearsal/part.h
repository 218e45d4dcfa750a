/*
 * Part of a run: what one of several machines rehearses, or what did not pass the last time. It is
 * taken from what was planned, so that every machine agrees on the whole.
 */
#pragma once
#include "rehearsal/run.h"

struct part_request {
    size_t number, count;               /* part `number`, from 1, of `count`; count 0: no parts */
    const struct run_record *durations; /* of an earlier run, by which parts are made equal; NULL */
    const struct run_record *last;      /* a run of which what did not pass is run again; NULL */
    const char *last_path;              /* its file, for messages */
    int major; /* of the server, after which those may have named scenarios; 0: they have not */
};

/*
 * Leaves in the plan what the request asks for, and says so in run->part_note. The same plan, count
 * and durations give the same parts on every machine: each scenario is in exactly one. ERROR_USAGE
 * where nothing is left.
 */
bool part_take(struct run *run, const struct part_request *request, struct error *e);
