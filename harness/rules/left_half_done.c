#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare_upgrade(look, sql_rule_half_facts, sql_rule_half_judge, e);
}

const struct rule rule_left_half_done = {
    .name = "left-half-done",
    .level = LEVEL_FINDING,
    .property = "nothing is left half done",
    .sees =
        "An invalid index, a disabled trigger, rule or foreign key, policies without row security, "
        "row "
        "security without policies on a table that roles may use, "
        "an empty materialized view, a half-detached partition, unless it was so before; a table "
        "that "
        "has become unlogged or lost its autovacuum.",
    .why = "Such states are meant to be brief: for a load, or until the second half of the work. "
           "Left behind, they go unnoticed until somebody needs what is disabled.",
    .remedy = "finish it in the same migration",
    .source = "https://github.com/chatwoot/chatwoot/issues/15885, "
              "https://github.com/golang-migrate/migrate/issues/325",
    .check = check,
};
