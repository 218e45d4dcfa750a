/*
 * A run in OTLP 1.x over HTTP with JSON (opentelemetry.io/docs/specs/otlp, "OTLP/HTTP" and "JSON
 * Protobuf Encoding"): names in lowerCamelCase, 64-bit integers as strings, enums as numbers,
 * identifiers of traces and spans in hexadecimal. Measurements are gauges; the run, its scenarios
 * and their steps are spans.
 */
#pragma once
#include "base/error.h"
#include "record/record.h"

/* `base` with /v1/SIGNAL added ("metrics", "traces"), as OTEL_EXPORTER_OTLP_ENDPOINT is taken. */
char *otlp_url(const char *base, const char *signal);

/* The bodies; the caller frees them. */
char *otlp_metrics(const struct run_record *r);
char *otlp_traces(const struct run_record *r);

/* An answer may say that a part was rejected: that is an error. */
bool otlp_read_answer(const char *answer, struct error *e);

/*
 * What OTEL_EXPORTER_OTLP_HEADERS says ("key=value,key=value", percent-encoded; NULL: nothing) as
 * "key: value" lines, NULL-terminated; each and the array are to be freed.
 */
bool otlp_headers(const char *variable, char ***headers, struct error *e);
