/*
 * Sending what a run found to others over HTTP: as JSON to a webhook, as metrics to a Prometheus
 * Pushgateway, as metrics and spans to a receiver of OTLP.
 *
 * Tokens come from the environment: PGREHEARSE_WEBHOOK_TOKEN, PGREHEARSE_PUSHGATEWAY_TOKEN,
 * PGREHEARSE_OTLP_TOKEN; for OTLP also OTEL_EXPORTER_OTLP_HEADERS.
 */
#pragma once
#include <pthread.h>

#include "base/cancel.h"
#include "reports/reporter.h"

/* One receiver, served by a thread of its own. */
struct errand {
    void (*run)(struct errand *errand);
    const char *url;
    const struct run_record *record;
    const struct cancel *cancel;
    double deadline; /* clock_seconds() at which it is over */
    struct error error;
    pthread_t thread;
    bool started;
};

/* ERROR_USAGE, naming the reporter's option, for a URL that nothing can be sent to. */
bool outward_check(const struct reporter *reporter, const char *url, struct error *e);

/*
 * Runs all errands at the same time, for at most `limit` seconds. What was not taken is in
 * `*warnings`, a line each, to be freed; NULL: all was.
 */
void outward_send(struct errand *errands, size_t count, double limit, char **warnings);
