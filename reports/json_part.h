/* The bricks of run.json; what is put into an object or array belongs to it from then on. */
#pragma once
#include <jansson.h>
#include <stddef.h>

#include "base/text.h"

void json_put(json_t *object, const char *key, json_t *value);
void json_add(json_t *array, json_t *value);

/* Any bytes, made valid; NULL becomes null. */
void json_put_text(json_t *object, const char *key, const char *value);
void json_put_count(json_t *object, const char *key, size_t count);

/* Adds the document to `t`, two blanks an indent, and releases it. */
void json_append_document(struct text *t, json_t *document);

/* To the microsecond: more digits would be noise. null for what is not finite. */
json_t *json_figure(double value);
