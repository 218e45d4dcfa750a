/* The two kinds of store. For store.c alone, which owns the struct and names the place in errors.
 */
#pragma once
#include "measures/histories/store.h"
#include "migrate/chain.h"

bool store_sqlite_open(struct store *s, const char *path, enum store_mode mode,
                       const struct chain *chain, struct error *e);
bool store_sqlite_run(struct store *s, const char *sql, size_t count, const char *const *values,
                      store_row_fn *row, void *context, struct error *e);

/* `folder` is that of the chain. */
bool store_postgres_open(struct store *s, const char *url, enum store_mode mode,
                         const struct chain *chain, const char *folder, struct error *e);
bool store_postgres_run(struct store *s, const char *sql, size_t count, const char *const *values,
                        store_row_fn *row, void *context, struct error *e);

/*
 * What to do with a store that stands at `revision` (NULL: at none): whether it has to be migrated.
 * An error if it is a newer version's, or, in STORE_READ, an older one's.
 */
bool store_judge_revision(const struct chain *chain, const char *revision, enum store_mode mode,
                          bool *migrate, struct error *e);
