/* `pgrehearse run`, and the programs that run one scenario each: one body, two front doors. */
#pragma once

struct run_defaults {
    const char *scenarios; /* which are run when the command line does not say; NULL: all */
    const char *format;    /* "pretty" or "tap" */
    const char *output;    /* the folder of the reports; NULL: none */
};

/* Returns the exit code. */
int run_command(int argc, const char *const *argv, const struct run_defaults *defaults);
