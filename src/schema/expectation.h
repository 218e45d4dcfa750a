/*
 * What one revision is approved to change, kept beside the project and reviewed by a person. Text,
 * a line each: "+ FACT" and "- FACT" as in an approved delta (schema/delta.h), the changes of data
 * as data_change_text() writes them ("drops the rows of public.orders"), "cannot be undone", and
 * comments that begin with #.
 */
#pragma once
#include "schema/data_compare.h"
#include "schema/delta.h"

/* Zero-initialised it approves of no change at all. */
struct expectation {
    struct approved_delta delta;
    char **data; /* lines of data_change_text() */
    size_t data_count;
    bool no_way_back;
};

/* ERROR_USAGE, with the line's number, if the file cannot be read or a line is none. */
bool expectation_read(struct expectation *x, const char *path, struct error *e);

/*
 * Writes what was found as what is approved, for `revision`. The folder is made if it is missing.
 * ERROR_UNAVAILABLE if the file cannot be written.
 */
bool expectation_write(const char *path, const char *revision, const struct delta *delta,
                       const struct data_changes *changes, bool no_way_back, struct error *e);

/* Whether just this change of data is approved. */
bool expectation_allows(const struct expectation *x, const struct data_change *change);

/*
 * The approved changes of data that were not found, each to be freed, as is the array. A change of
 * a table in which there was no row cannot be found, and is not missing.
 */
char **expectation_missing(const struct expectation *x, const struct data_changes *changes,
                           size_t *count);

void expectation_release(struct expectation *x);
