/*
 * Takes the shape of a live database: all of it in one transaction that is read-only and
 * repeatable-read. Only catalogues, statistics and counters are read, never a table, so the role
 * needs pg_monitor at most and nothing waits for a lock.
 */
#pragma once
#include "base/cancel.h"
#include "base/error.h"
#include "base/text.h"

struct shape_request {
    const char *url;
    bool with_values; /* most common values and histograms, too: these are values of rows */
    const struct cancel *cancel;
};

/*
 * The shape as JSON, ending in a newline; two of the same database are the same, byte for byte,
 * until its statistics change. `notes` gets what had to be left out, a line each.
 */
bool shape_take(const struct shape_request *request, struct text *json, struct text *notes,
                struct error *e);
