#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare_upgrade(look, sql_rule_not_validated_facts, sql_rule_new_judge, e);
}

const struct rule rule_not_validated = {
    .name = "not-validated",
    .level = LEVEL_WARNING,
    .property = "new constraints are validated",
    .sees = "A new constraint that is NOT VALID at the end of the migration.",
    .why = "NOT VALID first and VALIDATE in a later transaction is the gentle way, so this is not "
           "a finding; but the second half is easily forgotten.",
    .remedy = "validate it in a later migration",
    .source = "https://github.com/ankane/strong_migrations",
    .check = check,
};
