/*
 * A command line, read with popt from a table of options. Options and help come from the same
 * table. A suite may add options of its own: its sizes (--repositories N).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "suite/suite.h"

struct option_spec {
    const char *name;
    const char *argument; /* what the help calls its argument; NULL: it takes none. One with
                             "[," takes a list, and may be given more than once */
    const char *help;
};

/* Of commands that know scenarios and rules. Releases of clang-format lay it out in different ways.
 */
// clang-format off
#define PLUGIN_OPTION \
    {"plugin", "FILE[,FILE]", "load scenarios and rules of your own from this shared library"}
// clang-format on

struct argument {
    const char *name;
    char *value; /* "" for an option without an argument; NULL: not given */
    bool takes_value;
    bool is_list; /* several values are joined by "," */
};

struct arguments {
    struct argument *options;
    size_t option_count;
    char **positional;
    size_t positional_count;
    bool help; /* --help was given, and has been printed */
};

/*
 * Reads argv[0 …], argv[0] being the command's name. `specs` ends with a NULL name; `suite` (may be
 * NULL) gives the sizes. A mistake is an ERROR_USAGE; --help prints to standard output.
 */
bool arguments_parse(struct arguments *a, int argc, const char *const *argv, const char *synopsis,
                     const struct option_spec *specs, const struct suite *suite, struct error *e);

/*
 * The first argument that is not an option, before the suite's sizes are known: an option that is
 * not among `specs` is taken to have an argument. NULL if there is none; belongs to argv.
 */
const char *arguments_first_positional(int argc, const char *const *argv,
                                       const struct option_spec *specs);

/* The value of --NAME=VALUE or --NAME VALUE, before it is known which options there are; else NULL.
 */
const char *arguments_peek(int argc, const char *const *argv, const char *name);

/* The value given, or NULL. Belongs to `a`. */
const char *arguments_value(const struct arguments *a, const char *name);

bool arguments_given(const struct arguments *a, const char *name);

/* A whole number of 0 or more into `*number`, which stays as it is when the option is not given. */
bool arguments_number(const struct arguments *a, const char *name, uint64_t *number,
                      struct error *e);

/* Seconds, more than 0, the same way. */
bool arguments_seconds(const struct arguments *a, const char *name, double *seconds,
                       struct error *e);

void arguments_release(struct arguments *a);
