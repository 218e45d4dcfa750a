#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare_upgrade(look, sql_rule_body_facts, sql_rule_body_judge, e);
}

const struct rule rule_stale_function = {
    .name = "stale-function",
    .level = LEVEL_FINDING,
    .property = "functions in SQL fit the schema",
    .sees = "A function in SQL that could be made at the baseline and cannot be "
            "made now, since it names what is gone.",
    .why = "The server notes no dependency on what a function's text names. "
           "Dropping or renaming a column succeeds; the function fails when it is "
           "called next, and no dump of it can be restored.",
    .remedy = "replace the function in the same migration",
    .source = "https://www.postgresql.org/docs/current/ddl-depend.html",
    .check = check,
};
