/*
 * run.json: the whole record for programs. Its shape is reports/run.schema.json (JSON Schema,
 * draft 7), where every member is described; format_version grows when a member changes or goes.
 */
#pragma once
#include "error.h"
#include "record.h"

/* Writes the whole file or leaves `path` as it was. */
bool json_write(const char *path, const struct run_record *r, struct error *e);

/* The same as a string, which the caller frees. */
char *json_text(const struct run_record *r);
