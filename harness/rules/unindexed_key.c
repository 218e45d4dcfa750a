#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare_upgrade(look, sql_rule_unindexed_key_facts, sql_rule_new_judge, e);
}

const struct rule rule_unindexed_key = {
    .name = "unindexed-key",
    .level = LEVEL_WARNING,
    .property = "new foreign keys have an index",
    .sees = "A new foreign key whose columns do not lead any index of the referencing table.",
    .why = "Each DELETE or change of key in the referenced table reads the whole referencing table "
           "while it keeps its locks.",
    .remedy = "create an index on the referencing columns",
    .source = "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK",
    .check = check,
};
