/* What several commands share: arguments that begin with a suite and may set its sizes. */
#pragma once
#include "commands/arguments.h"
#include "generator/generator.h"
#include "rehearsal/rehearsed_project.h"

static const char default_suite[] = "migration_002";

struct suite_arguments {
    struct suite *suite;               /* the project's pgrehearse.yaml where it is a project */
    struct rehearsed_project *project; /* NULL: it is a suite */
    bool by_default;                   /* nobody named it */
    struct arguments arguments;        /* without the suite among the positional ones */
    struct generator_size *sizes;      /* the suite's, as many as it has, with the values given */
    uint64_t seed;
};

/*
 * Loads the suite that the first positional argument names, else `default_suite`, then reads the
 * arguments. `own_positional` is how many positional arguments the command has beside the suite:
 * with no more than these, the first one is not taken for a suite unless it is one. `specs` may
 * hold "seed". With --help, `arguments.help` is set. Release in any case.
 */
bool suite_arguments_parse(struct suite_arguments *s, int argc, const char *const *argv,
                           const char *synopsis, const struct option_spec *specs,
                           size_t own_positional, struct error *e);

/*
 * The same of a command that takes a project, too: the first positional argument is a suite or a
 * folder in which migrations are recognised. Without one it is the project in this folder, if there
 * is one; else the suite that a pgrehearse.yaml here names, or the shipped one. `specs` holds the
 * options of rehearsed_project_request.
 */
bool project_arguments_parse(struct suite_arguments *s, int argc, const char *const *argv,
                             const char *synopsis, const struct option_spec *specs,
                             struct error *e);

/* One line that says what is rehearsed; to be freed. */
char *project_arguments_text(const struct suite_arguments *s);

void suite_arguments_release(struct suite_arguments *s);
