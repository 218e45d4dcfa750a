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
 * not be completed, or was not begun, is its error, so that it cannot pass. Parts of a run are
 * joined into the same part of the whole: its plan has the scenarios on every version, run or not.
 */
void record_join_versions(struct run_record *whole, struct version_run *runs, size_t count);

/* "rollback (PostgreSQL 17)", "rollback (0012_add_x, PostgreSQL 17)"; the caller frees it. */
char *record_name_on_version(const char *name, int major);
