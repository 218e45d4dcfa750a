/* What the files of a forecast share. */
#pragma once
#include "measures/forecasts/forecast.h"

/* "3 min 40 s (3:05 to 4:30) at 2.1 million orders, limit 5 min"; to be freed. */
char *forecast_sentence(const struct forecast_record *f);

/* Plans the scenario "forecast", and begins the run with it. */
void forecast_begin(struct forecast *f);

/* The upgrade failed at some size. */
struct forecast_failure {
    char *message; /* one line; NULL: it did not */
    char *file;    /* where in the migrations; NULL: not known */
    unsigned line; /* 0: not known */
};

/* Concludes and ends the scenario. `e`: it could not be done; or NULL. */
void forecast_conclude(struct forecast *f, const struct forecast_failure *failure,
                       const struct error *e);
