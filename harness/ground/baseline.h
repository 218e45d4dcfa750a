/*
 * The template: one throwaway database that the migrator has brought to the baseline. It is built
 * once a run, and every scenario works on a clone of it.
 */
#pragma once
#include "ground/ground.h"

/*
 * Builds it; its name into `*name`, to be freed. A baseline that cannot be reached means that we
 * could not check: ERROR_UNAVAILABLE with the migrator's last words.
 */
bool baseline_build(const struct ground *ground, char **name, struct error *e);
