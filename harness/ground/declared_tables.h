/* Tables that a suite names, against those that the migrator has made. */
#pragma once
#include "ground/ground.h"

/*
 * At the baseline, of which `url` is a database: a table that is not there, and nearly is, is an
 * ERROR_USAGE with file, line, key and the name that was meant; in a project any that is not there
 * is one, unless it has no tables yet. Another preserved table that is not there is an
 * ERROR_UNAVAILABLE: a migrator that says yes and does nothing is found here, and not in every
 * scenario.
 */
bool declared_tables_check(const struct ground *ground, const char *url, struct error *e);
