/* The records of one run on several versions of the server, joined into one. */
#pragma once
#include "record/record.h"

struct version_run {
    int major;
    bool was_run;
    struct run_record record; /* empty where it was not */
};

/*
 * Moves what the runs have into the zero-initialised `whole`. Each scenario's name ends in its
 * version, "rollback (PostgreSQL 17)". What is common to all runs is the record's; a run that could
 * not be completed, or was not begun, is its error, so that it cannot pass.
 */
void record_join_versions(struct run_record *whole, struct version_run *runs, size_t count);
