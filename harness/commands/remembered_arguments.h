/* The arguments of a rollback, completed by what its journal remembers. */
#pragma once
#include "commands/arguments.h"
#include "deployment/deploy_memory.h"

/*
 * With --rollback and --database, the suite, --deployment, --migrator and --migrations that are not
 * given again. The array alone is to be freed; its strings are those of `argv` and of `r`, which is
 * to be released after it. `*argc` is its length.
 */
const char **remembered_arguments(int *argc, const char *const *argv,
                                  const struct option_spec *specs, struct deploy_memory *r);
