/* What a migration costs, as run.json has it; the caller owns the value. */
#pragma once
#include <jansson.h>

#include "record/record.h"

json_t *json_of_cost(const struct cost_record *c);
json_t *json_of_forecast(const struct forecast_record *f);
json_t *json_of_trends(const struct run_record *r);
