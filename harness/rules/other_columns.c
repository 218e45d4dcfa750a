#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare_upgrade(look, sql_rule_columns_facts, sql_rule_other_columns_judge, e);
}

const struct rule rule_other_columns = {
    .name = "other-columns",
    .level = LEVEL_NOTE,
    .property = "prepared statements keep working",
    .sees = "A table or view whose columns have changed.",
    .why = "A session that has prepared SELECT * keeps the old row type, and each "
           "further execution fails until it reconnects. Drivers and poolers prepare statements on "
           "their own.",
    .remedy = "let sessions reconnect after the migration",
    .source = "https://github.com/npgsql/npgsql/issues/4015, "
              "https://github.com/BerriAI/litellm/pull/29984",
    .check = check,
};
