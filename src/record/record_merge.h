/* The records of the parts of one run, joined into the record of the whole. */
#pragma once
#include "base/error.h"
#include "record/record.h"

struct record_part {
    struct run_record record;
    const char *name; /* of its file, for messages */
};

/*
 * Moves what the parts have into the zero-initialised `whole`, whatever their order. Its scenarios
 * are in the order of the plan, its duration is that of the longest part, its id that of a part.
 * What is missing, or could not be checked as a whole, is the record's error, so that it cannot
 * pass. ERROR_USAGE, and nothing moved, where they are not different parts of the same run: of one
 * suite, migrator, commit, data and version of the server.
 */
bool record_merge(struct run_record *whole, struct record_part *parts, size_t count,
                  struct error *e);
