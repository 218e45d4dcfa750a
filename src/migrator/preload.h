/*
 * Interpreted migrators, started once: an interpreter that has loaded what its program needs forks
 * for each command. The child is what a fresh process would be: the same environment, folder,
 * streams, signals, process group, keeper and confinement, by the same functions. A profile says
 * with `preload` which loader of migrators/preload/ its interpreter takes, and what it loads.
 *
 * Whatever is not plainly the same is started afresh: a command line that needs a shell, a program
 * of another interpreter, a loader that refuses. Every key has two loaders, in turns, so that what
 * depends on an interpreter's random seed still differs from one command to the next.
 */
#pragma once
#include "base/keeper.h"
#include "migrator/call_names.h"
#include "migrator/confinement.h"

struct preload_pool;

/*
 * Without any process yet. `loaders` is the folder of the loaders, `library` what they load (both
 * copied; NULL: this installation's); `cancel` may be NULL.
 */
struct preload_pool *preload_pool_new(const char *loaders, const char *library,
                                      const struct cancel *cancel);

/*
 * Starts the migrator's loaders beside what the caller does next. The migrator, with its
 * environment, stays as it is as long as the pool; no command has been started with it yet.
 */
void preload_pool_begin(struct preload_pool *pool, const struct migrator *m);

/* Ends its processes; NULL is allowed. */
void preload_pool_free(struct preload_pool *pool);

/* Why commands are started afresh though their profile says otherwise; "" if they are not. Belongs
   to the pool. */
const char *preload_pool_refusal(struct preload_pool *pool);

/* A call to be started so. */
struct preload_call {
    struct preload_pool *pool;
    const struct call *call;
    const struct confinement *confinement; /* NULL: not confined */
};

/* process_request.start, for a `struct preload_call`. */
bool preload_start(void *preload_call, int out, int err, struct keeper *k);
