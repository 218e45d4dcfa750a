#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare_upgrade(look, sql_rule_duplicate_index_facts, sql_rule_new_judge, e);
}

const struct rule rule_duplicate_index = {
    .name = "duplicate-index",
    .level = LEVEL_WARNING,
    .property = "no new index repeats another",
    .sees = "An index that duplicates another one on the same table.",
    .why = "Every write maintains both, and only one is ever used.",
    .remedy = "drop one of them",
    .source = "https://github.com/rails/rails/issues/35908",
    .check = check,
};
