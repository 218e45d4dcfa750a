/* Whether migrations that are not the suite's own make the tables that the suite speaks of. */
#pragma once
#include "ground/ground.h"

/*
 * Tries the suite's preserved tables, recipes and files of rows on a clone of `template`. What does
 * not fit is an ERROR_USAGE: one line that names it and says how to do without the suite.
 */
bool suite_fits(const struct ground *g, const char *template, struct error *e);
