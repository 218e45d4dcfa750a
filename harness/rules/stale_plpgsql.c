#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare_with(look, "plpgsql_check", sql_rule_plpgsql_facts, sql_rule_body_judge, e);
}

const struct rule rule_stale_plpgsql = {
    .name = "stale-plpgsql",
    .level = LEVEL_FINDING,
    .property = "functions in PL/pgSQL fit the schema",
    .sees = "An error that plpgsql_check finds in a function and did not find at "
            "the baseline.",
    .why = "PL/pgSQL looks at its statements only when it comes to them: a branch "
           "that is taken once a month fails once a month.",
    .remedy = "replace the function in the same migration",
    .source = "https://github.com/okbob/plpgsql_check",
    .check = check,
};
