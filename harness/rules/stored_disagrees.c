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
    .sees = "Rows that violate a CHECK which counts as valid, or a generated column "
            "that holds what its expression gives no more.",
    .why = "A function that a constraint or a generated column calls was replaced. "
           "Nothing computes them anew; the next UPDATE of an old row fails, and "
           "so does restoring a dump.",
    .remedy = "make a new function and a new constraint, or mend the rows",
    .source = "https://www.postgresql.org/docs/current/"
              "ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS",
    .check = check,
};
