/* The options by which a command's results become reports. */
#pragma once
#include "commands/arguments.h"
#include "reports/reporting.h"

/* For a command's table of options. Releases of clang-format lay it out in different ways. */
// clang-format off
#define REPORT_OPTIONS                                                                       \
    {"format", "pretty|tap", "format of standard output (default: pretty)"},              \
    {"report", "NAME[=FILE][,...]", "also write this report, to standard output without FILE"}, \
    {"webhook", "URL", "send the results as JSON"},                                          \
    {"pushgateway", "URL", "send the measurements to a Prometheus Pushgateway"},             \
    {"otlp", "URL", "send measurements and spans by OTLP over HTTP"},                        \
    {"outward-limit", "SECONDS", "time limit for sending everything (default: 20)"}
// clang-format on

/*
 * Chooses the reporters of the command line, onto standard output and standard error. `usual` is
 * what the command sets: its format where none is given, folder, display. ERROR_USAGE names the
 * option.
 */
bool report_options_open(struct reporting *r, const struct arguments *a,
                         const struct reporting_request *usual, struct error *e);

/*
 * After the last event: closes the reports and sends the record, unless nothing was run. Returns
 * `code`, or that it could not be checked where the command had passed and a report could not be
 * written.
 */
int report_options_finish(struct reporting *r, const struct run_record *record,
                          const struct cancel *cancel, int code);

/*
 * Sends the record to the receivers. What was not taken is a warning on standard error, and no
 * reason for another exit code. After an interruption nobody is kept waiting.
 */
void report_options_send(const struct reporting *r, const struct run_record *record,
                         const struct cancel *cancel);
