/*
 * What a call's command line runs, where that is plain enough to be run without a shell: one
 * program with its arguments, and the interpreter that its first line names.
 */
#pragma once
#include "migrator/call_names.h"

/* Zero-initialised it is empty and valid. */
struct preload_program {
    char **arguments;  /* the first is the program's path; NULL-terminated */
    char *interpreter; /* its path */
    char *option;      /* of the interpreter; NULL: none */
};

/* Whether the template is of words and placeholders alone, so that no shell has to read it. */
bool preload_program_is_plain(const char *template);

/* False where the command is more than that. `template` is the action's. Release it in any case. */
bool preload_program_find(struct preload_program *p, const struct call *c, const char *template);

void preload_program_release(struct preload_program *p);
