#include "rules/holds.h"

static bool check(struct rule_look *look, struct error *e)
{
    return holds_take(look, "no-lock-timeout", e);
}

const struct rule rule_no_lock_timeout = {
    .name = "no-lock-timeout",
    .level = LEVEL_NOTE,
    .needs_run = true,
    .property = "waits for strong locks are limited",
    .sees = "A lock that keeps others waiting, on a table with rows, taken without "
            "a lock_timeout.",
    .why = "The migration waits for a long query, and everybody else waits for the migration.",
    .remedy = "SET lock_timeout at the beginning",
    .source = "https://github.com/sbdchd/squawk (require-timeout-settings)",
    .check = check,
};
