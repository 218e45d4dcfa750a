#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare_upgrade(look, sql_rule_sequence_facts, sql_rule_narrow_sequence_judge, e);
}

const struct rule rule_narrow_sequence = {
    .name = "narrow-sequence",
    .level = LEVEL_FINDING,
    .property = "sequences reach as far as their columns",
    .sees = "A column that was widened to bigint while the sequence behind it still "
            "ends with integer, or a new pair like that.",
    .why = "The column was widened so that keys do not run out. They still do, at 2,147,483,647, "
           "with an error from the sequence.",
    .remedy = "ALTER SEQUENCE sequence AS bigint",
    .source = "https://github.com/block/spirit/issues/133",
    .check = check,
};
