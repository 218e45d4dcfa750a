#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare_upgrade(look, sql_rule_columns_facts, sql_rule_gone_judge, e) &&
           look_compare_upgrade(look, sql_rule_named_facts, sql_rule_named_judge, e);
}

const struct rule rule_gone_for_old_release = {
    .name = "gone-for-old-release",
    .level = LEVEL_WARNING,
    .property = "the old release finds everything it names",
    .sees = "A table, view, column, function, sequence or label of an enum that is dropped or "
            "renamed, or a unique key that ON CONFLICT may name.",
    .why = "While the new release is rolled out, the old one still runs: its statements fail as "
           "soon as the migration is done.",
    .remedy = "expand first, contract in a later migration",
    .source = "https://github.com/ankane/strong_migrations, "
              "https://github.com/superloglabs/superlog/pull/148",
    .check = check,
};
