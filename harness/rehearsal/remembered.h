/* The state of a database under a name, to compare with what becomes of it. */
#pragma once
#include "rehearsal/kept_copy.h"
#include "schema/fingerprint.h"
#include "schema/row_versions.h"
#include "schema/snapshot.h"

struct remembered {
    struct snapshot snapshot;
    struct fingerprint *fingerprints; /* one for each preserved table, in the suite's order */
    size_t fingerprint_count;
    struct row_versions versions;
    struct kept_copy *copy; /* where no table is named: the database as it was; else NULL */
    unsigned commands;      /* that the migrator had run in this scenario */
    const struct remembered *before; /* what was remembered before it; NULL: it is the first */
};

/* A new one, empty except for `before`; it goes with the scenario. */
struct remembered *remembered_make(struct rehearsal *r, const char *name);

/* The last one of this name; NULL, with an error, if there is none. */
const struct remembered *remembered_find(const struct rehearsal *r, const char *name,
                                         struct error *e);

/* Of whatever name; NULL if nothing was remembered. */
const struct remembered *remembered_first(const struct rehearsal *r);
const struct remembered *remembered_last(const struct rehearsal *r);
