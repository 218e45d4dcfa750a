/*
 * What the project has approved of the revision that is rehearsed: pgrehearse/REVISION.expected in
 * its folder, under version control.
 */
#pragma once
#include "rehearsal/rehearsal.h"
#include "schema/expectation.h"

/* Zero-initialised it is empty and valid. */
struct approved_revision {
    char *path; /* of the file, whether it is there or not */
    bool is_there;
    struct expectation expectation;
};

/*
 * Reads what is approved of the suite's target; a file that is not there is no error. Release in
 * any case.
 */
bool approved_revision_read(const struct suite *suite, struct approved_revision *a,
                            struct error *e);

/*
 * Writes what changed since the snapshot `before`, in the schema and in the data, and whether there
 * is no way back.
 */
bool approved_revision_write(struct rehearsal *r, const struct snapshot *before,
                             const struct data_changes *changes, struct error *e);

void approved_revision_release(struct approved_revision *a);
