/* Whether production's shape is one of the database that is rehearsed. */
#pragma once
#include "rehearsal/run.h"

/*
 * Compares the tables of the run's shape, if it has one, with those of the database `template`: an
 * ERROR_USAGE if none of them is there. Some that are missing are a message of the run.
 */
bool shape_fits(const struct run *run, const char *template, struct error *e);
