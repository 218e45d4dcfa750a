#include "rules/holds.h"

static bool check(struct rule_look *look, struct error *e)
{
    return holds_take(look, "table-rewritten", e);
}

const struct rule rule_table_rewritten = {
    .name = "table-rewritten",
    .level = LEVEL_WARNING,
    .needs_run = true,
    .property = "no table is rewritten",
    .sees = "A table with rows that the upgrade rewrote into a new file, whatever the statement.",
    .why = "The table is locked against readers and writers while every row is copied and every "
           "index rebuilt. Seconds here are minutes in production.",
    .remedy = "add a column beside the old one, fill it in batches, and switch",
    .source = "https://github.com/ankane/strong_migrations, "
              "https://github.com/sbdchd/squawk",
    .check = check,
};
