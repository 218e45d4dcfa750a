#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare_upgrade(look, sql_rule_narrow_key_facts, sql_rule_new_judge, e);
}

const struct rule rule_narrow_key = {
    .name = "narrow-key",
    .level = LEVEL_WARNING,
    .property = "foreign keys reach as far as what they refer to",
    .sees = "A column of a foreign key that is narrower than the key it refers to, and was not "
            "before: integer, and the key has become bigint.",
    .why = "The table with the key goes on after 2,147,483,647, and its first row beyond cannot "
           "be referred to. May be meant, where the other columns are widened next.",
    .remedy = "widen the column that refers to it, in this migration or the next",
    .source = "https://github.com/codecov/worker/pull/721",
    .check = check,
};
