/*
 * A run as metrics in Prometheus' text format 0.0.4 (prometheus.io/docs/instrumenting/
 * exposition_formats), under the grouping key job, suite, migrator and instance of a Pushgateway
 * (github.com/prometheus/pushgateway, README, "API"). Names and base units follow the naming guide:
 * all begin with pgrehearse_, times are seconds, sizes bytes.
 */
#pragma once
#include "record/record.h"

/* The caller frees both. */
char *pushgateway_url(const char *base, const struct run_record *r);
char *pushgateway_text(const struct run_record *r);
