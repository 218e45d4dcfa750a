/*
 * run.json: the whole record for programs. Its shape is reports/run.schema.json (JSON Schema,
 * draft 7), where every member is described; format_version grows when a member changes or goes.
 */
#pragma once
#include "record/record.h"

/* The whole of it as jansson's json_t, for whoever embeds it; released with json_decref(). */
struct json_t *json_run_object(const struct run_record *r);

/* The same as a string, which the caller frees. */
char *json_text(const struct run_record *r);
