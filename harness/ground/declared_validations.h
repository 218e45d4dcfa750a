/*
 * The suite's validations, before anything is rehearsed: a query that is not SQL is the suite's
 * mistake, and not found only after the upgrade.
 */
#pragma once
#include "ground/ground.h"

/* ERROR_USAGE with the file and the line. `url` is any database, which is only asked. */
bool declared_validations_check(const struct ground *ground, const char *url, struct error *e);
