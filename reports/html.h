/*
 * report.html: one file for people, without scripts or anything from elsewhere. It reads well
 * without its style too, since Jenkins' default Content-Security-Policy blocks inline styles. Where
 * costs, trends or a forecast were asked for it has plots; without gnuplot it says that they are
 * missing, which changes nothing else.
 */
#pragma once
#include "base/error.h"
#include "record/record.h"

/* Writes the whole file or leaves `path` as it was. */
bool html_write(const char *path, const struct run_record *r, struct error *e);
