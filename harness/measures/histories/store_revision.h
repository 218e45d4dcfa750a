/*
 * The revision of a store that holds tables: those of harness/measures/histories/migrations, a
 * folder of revisions in the layout of pgrehearse-migrate.
 */
#pragma once
#include "measures/histories/store.h"
#include "migrate/chain.h"

/* Loads the revisions; `*folder`, to be freed, is where they lie. */
bool store_revisions_load(struct chain *chain, char **folder, struct error *e);

/*
 * What to do with a store that is at `revision` (NULL: at none): whether it has to be migrated.
 * An error if it is a newer version's, or, in STORE_READ, an older one's.
 */
bool store_judge_revision(const struct chain *chain, const char *revision, enum store_mode mode,
                          bool *migrate, struct error *e);
