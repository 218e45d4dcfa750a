/* What json_cost.h writes, read back. */
#pragma once
#include "record/record.h"
#include "reports/json_part_read.h"

/* To be freed with cost_record_free(); NULL where there is no object. */
struct cost_record *json_read_cost(const struct json_reader *r, const json_t *object);

/* Adds it to the record. */
void json_read_trend(const struct json_reader *r, const json_t *object, struct run_record *run);
