#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare_upgrade(look, sql_rule_stored_facts, sql_rule_new_judge, e);
}

const struct rule rule_stored_disagrees = {
    .name = "stored-disagrees",
    .level = LEVEL_FINDING,
    .property = "stored rows agree with their definitions",
    .sees = "Rows that violate a CHECK that counts as valid, or a generated column that no longer "
            "matches its expression. A warning: a materialized view that was up to date and is "
            "not.",
    .why = "A function that a constraint or a generated column calls was replaced. "
           "Nothing recomputes them; the next UPDATE of an old row fails, and so does restoring a "
           "dump.",
    .remedy = "create a new function and a new constraint, or fix the rows",
    .source = "https://www.postgresql.org/docs/current/"
              "ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS",
    .check = check,
};
