#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare_upgrade(look, sql_rule_body_facts, sql_rule_body_judge, e);
}

const struct rule rule_stale_function = {
    .name = "stale-function",
    .level = LEVEL_FINDING,
    .property = "SQL functions fit the schema",
    .sees = "An SQL function that could be created at the baseline and no longer can, because it "
            "names what is gone.",
    .why = "The server records no dependency on what a function's text names. Dropping or renaming "
           "a column succeeds; the function fails at its next call, and a dump of it cannot be "
           "restored.",
    .remedy = "replace the function in the same migration",
    .source = "https://www.postgresql.org/docs/current/ddl-depend.html",
    .check = check,
};
