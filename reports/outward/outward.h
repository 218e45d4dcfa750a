/*
 * What a run found, told to others over HTTP: as JSON to a webhook, as metrics to a Prometheus
 * Pushgateway, as metrics and spans to a receiver of OTLP. Whatever becomes of it, the run's
 * verdict stays: a receiver that did not take it is a warning.
 *
 * Tokens come from the environment: PGREHEARSE_WEBHOOK_TOKEN, PGREHEARSE_PUSHGATEWAY_TOKEN,
 * PGREHEARSE_OTLP_TOKEN; for OTLP also OTEL_EXPORTER_OTLP_HEADERS.
 */
#pragma once
#include "base/cancel.h"
#include "base/error.h"
#include "record/record.h"

struct outward {
    const char *webhook, *pushgateway, *otlp; /* URLs; NULL: not asked */
    double limit;                             /* seconds, for all of them together */
};

/* ERROR_USAGE, naming the option, for a URL that nothing can be sent to. */
bool outward_check(const struct outward *o, struct error *e);

/* Whether anything is to be sent. */
bool outward_is_asked(const struct outward *o);

/*
 * Sends to all receivers at the same time and waits at most o->limit seconds. What was not taken is
 * told in `*warnings`, a line each, to be freed; NULL: all was.
 */
void outward_send(const struct outward *o, const struct run_record *r, const struct cancel *cancel,
                  char **warnings);
