/* Production's shape and the database that is rehearsed: whether they fit, and making them fit. */
#pragma once
#include "rehearsal/run.h"

/*
 * Compares the tables of the run's shape, if it has one, with those of the database `template`: an
 * ERROR_USAGE if none of them is there. Some that are missing are a message of the run.
 */
bool shape_fits(const struct run *run, const char *template, struct error *e);

/*
 * At the baseline: gives the database production's settings, owners and rights (ground/shaped.h);
 * `say`: with a message of the run on what is as in production, and what is not.
 */
bool shape_settle(const struct run *run, const char *template, bool say, struct error *e);
