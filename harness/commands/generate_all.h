/* pgrehearse generate --all: rows for every table of a database, from its catalogue alone. */
#pragma once
#include "base/cancel.h"
#include "commands/arguments.h"

/* The options beside those of every `generate`: "all", "rows", "exclude", "tame". */
bool generate_all(const struct arguments *arguments, uint64_t seed, const struct cancel *cancel,
                  struct error *e);
