#include "rules/holds.h"

static bool check(struct rule_look *look, struct error *e)
{
    return hidden_take(look, "hidden-rows", e);
}

const struct rule rule_hidden_rows = {
    .name = "hidden-rows",
    .level = LEVEL_FINDING,
    .needs_run = true,
    .property = "the migrator sees the rows that it changes",
    .sees = "An UPDATE or DELETE of the migration that reached fewer rows of a "
            "guarded table than there are for it.",
    .why = "Row security applies to the owner of a table where it is forced, and "
           "to every role that is no superuser. A backfill then fills no row, and "
           "says nothing.",
    .remedy = "let the migration see every row: NO FORCE ROW LEVEL SECURITY for the "
              "time of the work, or a role with BYPASSRLS",
    .source = "https://github.com/Cloudgeni-ai/opengeni/pull/1608, "
              "https://github.com/LanternOps/breeze/issues/4483",
    .check = check,
};
