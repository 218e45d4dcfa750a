/* A clone of a database of the scenario, kept to compare with what becomes of that. */
#pragma once
#include "rehearsal/rehearsal.h"

/* Zero-initialised it is none. */
struct kept_copy {
    struct clone clone;
    struct connection connection; /* to it */
    char *since; /* what is written later in either is newer: table_marks_moment() */
};

/* Clones the scenario's database, to which nobody else may be connected. Drop it in any case. */
bool kept_copy_make(struct rehearsal *r, const char *purpose, struct kept_copy *copy,
                    struct error *e);

/* Clones another copy, whose connection is closed meanwhile. Drop it in any case. */
bool kept_copy_make_of(struct rehearsal *r, struct kept_copy *original, const char *purpose,
                       struct kept_copy *copy, struct error *e);

/* Drops it at once where it would be in the way; else it goes with the run. */
void kept_copy_drop(const struct rehearsal *r, struct kept_copy *copy);
