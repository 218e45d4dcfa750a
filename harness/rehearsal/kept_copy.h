/* A clone of the scenario's database as it is now, kept to compare with what becomes of it. */
#pragma once
#include "rehearsal/rehearsal.h"

/* Zero-initialised it is none. */
struct kept_copy {
    char *database;
    struct connection connection; /* to it */
};

/* Clones the database for `purpose`. Nobody else may be connected to it. Drop it in any case. */
bool kept_copy_make(struct rehearsal *r, const char *purpose, struct kept_copy *copy,
                    struct error *e);

/* Drops it at once where it would be in the way; else it goes with the run. */
void kept_copy_drop(const struct rehearsal *r, struct kept_copy *copy);
