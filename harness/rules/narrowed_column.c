#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare_upgrade(look, sql_rule_columns_facts, sql_rule_narrowed_judge, e);
}

const struct rule rule_narrowed_column = {
    .name = "narrowed-column",
    .level = LEVEL_WARNING,
    .property = "columns take what they took before",
    .sees = "A column whose type takes less than it did: fewer characters, fewer digits, a "
            "smaller integer.",
    .why = "The rows that are there fit, or the migration would have failed. The next one that the "
           "running release writes may not.",
    .remedy = "let the release that writes less come first",
    .source = "https://github.com/ankane/strong_migrations (changing the type of a column)",
    .check = check,
};
