#include "rules/holds.h"

static bool check(struct rule_look *look, struct error *e)
{
    return holds_take(look, "lock-kept", e);
}

const struct rule rule_lock_kept = {
    .name = "lock-kept",
    .level = LEVEL_WARNING,
    .needs_run = true,
    .property = "no table stays locked while rows are written",
    .sees = "A table that is locked against everybody while the same transaction goes on to write "
            "rows.",
    .why = "The lock is brief in itself but is kept until COMMIT: a backfill in the same "
           "transaction turns it into an outage.",
    .remedy = "change the schema in one transaction and the rows in others, in "
              "batches",
    .source = "https://github.com/ankane/strong_migrations (backfilling data)",
    .check = check,
};
