#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare_with(look, "plpgsql_check", sql_rule_plpgsql_facts, sql_rule_plpgsql_judge,
                             e);
}

const struct rule rule_stale_plpgsql = {
    .name = "stale-plpgsql",
    .level = LEVEL_FINDING,
    .property = "PL/pgSQL functions fit the schema",
    .sees = "An error that plpgsql_check finds in a function and did not find at "
            "the baseline.",
    .why = "PL/pgSQL looks at a statement only when it reaches it: a branch taken once a month "
           "fails once a month.",
    .remedy = "replace the function in the same migration",
    .source = "https://github.com/okbob/plpgsql_check",
    .check = check,
};
