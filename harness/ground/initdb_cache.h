/*
 * initdb takes most of a second and always gives the same: it is run once per server version, and
 * its cluster is kept and copied.
 */
#pragma once
#include "ground/account.h"
#include "ground/run_folder.h"

/*
 * In the name of a cluster that is being made, before the run's ID. Whoever fills the cache with
 * initdb sweeps those that are not locked (flock(2), shared or not): their runs are dead.
 */
#define INITDB_CACHE_MAKING ".making-"

/*
 * Puts a fresh cluster, owned by the account, at `data`. Where no cache can be kept, initdb runs
 * there directly.
 */
bool initdb_cache_copy(const struct account *a, const char *bin, const struct run_folder *folder,
                       const char *data, const struct cancel *cancel, struct error *e);

/* The folder of the account's caches; NULL where there is none. The caller frees it. */
char *initdb_cache_folder(const struct account *a);

/* What tells one installed server version from another, as a part of a name; to be freed. */
char *initdb_cache_version(const char *bin);
