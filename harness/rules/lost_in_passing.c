#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare_upgrade(look, sql_rule_passing_facts, sql_rule_passing_judge, e) &&
           look_compare_upgrade(look, sql_rule_action_facts, sql_rule_action_judge, e) &&
           look_compare_upgrade(look, sql_rule_cascade_facts, sql_rule_cascade_judge, e);
}

const struct rule rule_lost_in_passing = {
    .name = "lost-in-passing",
    .level = LEVEL_FINDING,
    .property = "nothing is lost in passing",
    .sees =
        "An object that was dropped and recreated, or replaced, and came back with less: options, "
        "grants, policies, row security, comments, triggers, indexes, constraints and their "
        "actions, defaults, statistics, publications, replica identity, storage, owner. What stood "
        "on such an object and fell with it by CASCADE: policies, triggers, foreign keys, "
        "defaults. A warning where that may have been the purpose: attributes of a function with a "
        "new body, such as IMMUTABLE, of an index, such as UNIQUE, or the action of a foreign key "
        "that is otherwise the same.",
    .why = "What depends on an object goes with it. CREATE does not bring it back, CREATE OR "
           "REPLACE forgets options that it does not repeat, and nothing fails: a view then shows "
           "rows that row security hid, a table has lost its index.",
    .remedy = "repeat what it had, or alter the object instead of recreating it",
    .source =
        "https://github.com/djrobstep/migra/issues/234, https://github.com/supabase/cli/issues/792",
    .check = check,
};
