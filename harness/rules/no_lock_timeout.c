#include "rules/holds.h"

static bool check(struct rule_look *look, struct error *e)
{
    return holds_take(look, "no-lock-timeout", e);
}

const struct rule rule_no_lock_timeout = {
    .name = "no-lock-timeout",
    .level = LEVEL_NOTE,
    .needs_run = true,
    .property = "strong locks are not waited for without end",
    .sees = "A lock that keeps others waiting, on a table with rows, taken without "
            "a lock_timeout.",
    .why = "Behind a long query the migration waits, and behind the migration "
           "waits everybody else.",
    .remedy = "SET lock_timeout at the beginning",
    .source = "https://github.com/sbdchd/squawk (require-timeout-settings)",
    .check = check,
};
