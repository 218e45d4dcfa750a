#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare_upgrade(look, sql_rule_half_facts, sql_rule_new_judge, e);
}

const struct rule rule_left_half_done = {
    .name = "left-half-done",
    .level = LEVEL_FINDING,
    .property = "nothing is left half done",
    .sees = "An invalid index, a trigger, rule or foreign key that is switched off, "
            "policies without row security, an empty materialized view, an unlogged "
            "table, a table without autovacuum, a half detached partition; if it "
            "was not so before.",
    .why = "Such states are meant to be short: for a load, or until the second "
           "half of the work. Left behind they are silent until somebody needs "
           "what is off.",
    .remedy = "finish it in the same migration",
    .source = "https://github.com/chatwoot/chatwoot/issues/15885, "
              "https://github.com/golang-migrate/migrate/issues/325",
    .check = check,
};
