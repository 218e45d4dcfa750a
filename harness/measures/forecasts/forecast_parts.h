/* What the files of a forecast share. */
#pragma once
#include "measures/forecasts/forecast.h"

/* "3 min 40 s (3:05 to 4:30) at 2.1 million orders, limit 5 min"; to be freed. */
char *forecast_sentence(const struct forecast_record *f);

/* Plans the scenario "forecast", and begins the run with it. */
void forecast_begin(struct forecast *f);

/*
 * Concludes and ends the scenario. `failure`: the upgrade failed at some size; `e`: it could not be
 * done; both may be NULL.
 */
void forecast_conclude(struct forecast *f, const char *failure, const struct error *e);
