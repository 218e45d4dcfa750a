/* The proof of a copy: the same schema and the same rows as its source. */
#pragma once
#include "production/sources/source_making.h"

/* The copy against what was read of the source; of a dump, its tables are added to the facts. */
bool source_compare(struct source_making *m, struct error *e);

/*
 * The tables of the database at `c` with the digests of their rows, as facts. `dumped` lists those
 * whose rows are in the dump, NULL for all of them; the others are noted.
 */
bool source_read_tables(struct source_making *m, struct connection *c, const char *dumped,
                        struct error *e);
