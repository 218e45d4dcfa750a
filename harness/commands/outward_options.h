/* The options by which a command sends its results to others. */
#pragma once
#include "commands/arguments.h"
#include "reports/outward/outward.h"

/* For a command's table of options. Releases of clang-format lay it out in different ways. */
// clang-format off
#define OUTWARD_OPTIONS                                                          \
    {"webhook", "URL", "send the results as JSON"},                              \
    {"pushgateway", "URL", "send the measurements to a Prometheus Pushgateway"}, \
    {"otlp", "URL", "send measurements and spans by OTLP over HTTP"},            \
    {"outward-limit", "SECONDS", "for all that is sent (default: 20)"}
// clang-format on

/* Reads them; ERROR_USAGE, naming the option. `o` borrows from `a`. */
bool outward_options_read(const struct arguments *a, struct outward *o, struct error *e);
