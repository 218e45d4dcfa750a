/*
 * The application's statements, as its shape has them, prepared where they worked and where they
 * have to go on working. Nothing of them is run.
 */
#pragma once
#include "rules/rule.h"

struct statement_trial {
    const struct shape_statement *statement;
    const char
        *path;     /* the search path with which it works at the baseline; NULL: the database's */
    char *failure; /* what the server says of it after the upgrade; NULL: it works */
    bool other_result; /* it works, and returns other columns */
};

struct statement_trials {
    struct statement_trial *items; /* those that work at the baseline */
    size_t count, tried;           /* of so many */
};

/* Makes the trials, once for all rules. A look without any is not run, and the result empty. */
const struct statement_trials *statement_trials_take(struct rule_look *look, struct error *e);

void statement_trials_free(struct statement_trials *t);
