#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare_upgrade(look, sql_rule_frozen_default_facts, sql_rule_new_judge, e);
}

const struct rule rule_frozen_default = {
    .name = "frozen-default",
    .level = LEVEL_FINDING,
    .property = "no default is a frozen moment",
    .sees = "A new date or time default that is a constant: the moment of this rehearsal.",
    .why = "The program that wrote the migration computed the time, or the literal 'now' became a "
           "constant when the default was created. Every later "
           "row gets the time of the migration.",
    .remedy = "use CURRENT_TIMESTAMP, which is computed for each row",
    .source = "https://www.postgresql.org/docs/current/"
              "functions-datetime.html#FUNCTIONS-DATETIME-CURRENT",
    .check = check,
};
