/*
 * The commands of `pgrehearse`, all behind one table. A command gets its own arguments, argv[0]
 * being its name, and returns the exit code.
 */
#pragma once
#include "base/error.h"

enum exit_code {
    EXIT_PASSED = 0,
    EXIT_FINDINGS = 1,
    EXIT_USAGE = 2,
    EXIT_UNCHECKED = 3,
};

typedef int command_fn(int argc, const char *const *argv);

struct command {
    const char *name;
    const char *synopsis; /* its arguments */
    const char *summary;  /* what it does, in a few words */
    command_fn *run;
};

extern const struct command command_table[]; /* ends with a NULL name */

/* Tells the error on standard error, in one line, and returns its exit code. */
int command_fail(const struct error *e);

/*
 * The program's exit code: `code`, unless what was printed did not arrive. A full disk must not
 * look like success.
 */
int command_finish(int code);

command_fn command_certify, command_compare, command_deploy, command_diff, command_doctor,
    command_forecast, command_generate, command_history, command_init, command_list, command_rules,
    command_run, command_show, command_snapshot, command_validate, command_verify;
