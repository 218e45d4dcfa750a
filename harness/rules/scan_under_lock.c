#include "rules/holds.h"

static bool check(struct rule_look *look, struct error *e)
{
    return holds_take(look, "scan-under-lock", e);
}

const struct rule rule_scan_under_lock = {
    .name = "scan-under-lock",
    .level = LEVEL_WARNING,
    .needs_run = true,
    .property = "no table is read as a whole under a lock",
    .sees = "An index built, or a constraint checked against every row, while a "
            "lock keeps writers or readers of the table waiting.",
    .why = "The time grows with the table, and everybody waits. The "
           "gentle forms exist: CONCURRENTLY, and NOT VALID with VALIDATE in a "
           "transaction of its own.",
    .remedy = "use CONCURRENTLY, or NOT VALID and a separate VALIDATE",
    .source = "https://github.com/ankane/strong_migrations, "
              "https://github.com/sbdchd/squawk",
    .check = check,
};
