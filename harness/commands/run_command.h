/* `run`, `certify`, and the programs that run one scenario each: one body, three front doors. */
#pragma once
#include <stdbool.h>

#include "commands/command.h"

struct run_defaults {
    const char *scenarios; /* which are run when the command line does not say; NULL: all */
    const char *format;    /* "pretty" or "tap" */
    const char *output;    /* the folder of the reports; NULL: none */
    bool certifies;        /* there is a source, and a certificate at the end */
};

/* `self` is the row of `run` or `certify`. Returns the exit code. */
int run_command(const struct command *self, int argc, const char *const *argv,
                const struct run_defaults *defaults);
