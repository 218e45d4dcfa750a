/*
 * Baselines that took long to build, kept between runs: the embedded cluster as it was then, roles
 * and all. A key stands for everything that leads there; server and settings are added here. What
 * is in the cache is the account's own (mode 0700), at most a few clusters, the oldest go first.
 * Whatever is wrong with the cache, a run goes on as if there were none.
 */
#pragma once
#include "ground/ground.h"

/*
 * Puts the cached cluster in the place of the embedded one, and its baseline under a name of this
 * run into `*name`, to be freed. False, with the server as it was, if there is none; with the error
 * set only if the server cannot go on. There must be no other session.
 */
bool baseline_cache_load(const struct ground *g, const char *key, char **name, struct error *e);

/* Keeps the cluster, with `name` as its baseline; the same conditions. */
bool baseline_cache_store(const struct ground *g, const char *key, const char *name,
                          struct error *e);
