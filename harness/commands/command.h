/*
 * The commands of `pgrehearse`, all behind one table. A command gets its own row and arguments,
 * argv[0] being its name, and returns the exit code. Help, manual pages and completion come from
 * the same rows.
 */
#pragma once
#include "base/error.h"
#include "commands/arguments.h"

enum exit_code {
    EXIT_PASSED = 0,
    EXIT_FINDINGS = 1,
    EXIT_USAGE = 2,
    EXIT_UNCHECKED = 3,
};

struct command;

typedef int command_fn(const struct command *self, int argc, const char *const *argv);

struct command {
    const char *name;
    const char *synopsis;    /* its arguments, as its help prints them */
    const char *summary;     /* what it does, in a few words */
    const char *description; /* for its manual page: sentences, "\n" between paragraphs */
    const char *page;        /* in docs/, without ".md" */
    const struct option_spec *options;
    command_fn *run;
};

extern const struct command command_table[]; /* ends with a NULL name */

/* NULL if there is none of that name. */
const struct command *command_find(const char *name);

/* What each exit code means, by its number; ends with NULL. */
extern const char *const exit_code_meanings[];

/* Tells the error on standard error, in one line, and returns its exit code. */
int command_fail(const struct error *e);

/* A command without options that only prints: parses its arguments, and returns its exit code. */
typedef bool print_fn(const struct arguments *a, struct error *e);
int command_print(const struct command *self, int argc, const char *const *argv, print_fn *print);

/*
 * The program's exit code: `code`, unless what was printed did not arrive. A full disk must not
 * look like success.
 */
int command_finish(int code);

command_fn command_certify, command_compare, command_deploy, command_diff, command_doctor,
    command_forecast, command_generate, command_history, command_init, command_list, command_merge,
    command_rules, command_run, command_schema, command_shape, command_show, command_snapshot,
    command_validate, command_verify;

extern const struct option_spec command_certify_options[], command_compare_options[],
    command_deploy_options[], command_diff_options[], command_doctor_options[],
    command_forecast_options[], command_generate_options[], command_history_options[],
    command_init_options[], command_list_options[], command_merge_options[],
    command_rules_options[], command_run_options[], command_schema_options[],
    command_shape_options[], command_show_options[], command_snapshot_options[],
    command_validate_options[], command_verify_options[];
