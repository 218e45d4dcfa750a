#include "rules/holds.h"

static bool check(struct rule_look *look, struct error *e)
{
    return holds_take(look, "several-locked", e);
}

const struct rule rule_several_locked = {
    .name = "several-locked",
    .level = LEVEL_NOTE,
    .needs_run = true,
    .property = "no transaction locks several tables against everybody",
    .sees = "A transaction that locks more than one existing table with rows against readers.",
    .why = "Locks are kept until COMMIT, in an order that other sessions do not know: they wait "
           "longer, or deadlock.",
    .remedy = "one table per transaction",
    .source = "https://github.com/fatkodima/online_migrations",
    .check = check,
};
