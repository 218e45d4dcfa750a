#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare_with(look, "amcheck", sql_rule_index_facts, sql_rule_new_judge, e);
}

const struct rule rule_index_disagrees = {
    .name = "index-disagrees",
    .level = LEVEL_FINDING,
    .property = "indexes agree with their tables",
    .sees = "An index over an expression that lacks rows of its table, according to amcheck.",
    .why = "A function that the index calls was replaced by one that gives other "
           "values. Queries through the index miss rows, and a unique index accepts duplicates.",
    .remedy = "REINDEX after the function was replaced",
    .source = "https://www.postgresql.org/docs/current/sql-createfunction.html",
    .check = check,
};
