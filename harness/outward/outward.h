/*
 * What a run found, told to others over HTTP: as JSON to a webhook, as metrics to a Prometheus
 * Pushgateway, as metrics and spans to a receiver of OTLP. Whatever becomes of it, the run's
 * verdict stays: a receiver that did not take it is a warning.
 *
 * Tokens come from the environment: PGREHEARSE_WEBHOOK_TOKEN, PGREHEARSE_PUSHGATEWAY_TOKEN,
 * PGREHEARSE_OTLP_TOKEN; for OTLP also OTEL_EXPORTER_OTLP_HEADERS.
 */
#pragma once
#include "arguments.h"
#include "cancel.h"
#include "record.h"

/* For a command's table of options. Releases of clang-format lay it out in different ways. */
// clang-format off
#define OUTWARD_OPTIONS                                                          \
    {"webhook", "URL", "send the results as JSON"},                              \
    {"pushgateway", "URL", "send the measurements to a Prometheus Pushgateway"}, \
    {"otlp", "URL", "send measurements and spans by OTLP over HTTP"},            \
    {"outward-limit", "SECONDS", "for all that is sent (default: 20)"}
// clang-format on

struct outward {
    const char *webhook, *pushgateway, *otlp; /* URLs; NULL: not asked */
    double limit;                             /* seconds, for all of them together */
};

bool outward_read(struct outward *o, const struct arguments *a, struct error *e);

/* Whether anything is to be sent. */
bool outward_is_asked(const struct outward *o);

/*
 * Sends to all receivers at the same time and waits at most o->limit seconds. What was not taken is
 * told in `*warnings`, a line each, to be freed; NULL: all was.
 */
void outward_send(const struct outward *o, const struct run_record *r, const struct cancel *cancel,
                  char **warnings);
