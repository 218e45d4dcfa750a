#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare(look, look->ground->before, look->ground->back, sql_rule_leftover_facts,
                        sql_rule_leftover_judge, e);
}

const struct rule rule_left_after_rollback = {
    .name = "left-after-rollback",
    .level = LEVEL_FINDING,
    .moment = RULE_ROLLED_BACK,
    .is_of_way_back = true,
    .property = "the rollback leaves nothing behind",
    .sees = "A table, column, type, function, sequence, index or trigger that did not exist "
            "at the baseline and exists after the rollback.",
    .why = "The next upgrade fails because it already exists.",
    .remedy = "drop it in the downgrade",
    .source = "https://github.com/sqlalchemy/alembic/issues/278",
    .check = check,
};
