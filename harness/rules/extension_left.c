#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare(look, look->ground->before, look->ground->back, sql_rule_extension_facts,
                        sql_rule_extension_left_judge, e);
}

const struct rule rule_extension_left = {
    .name = "extension-left",
    .level = LEVEL_NOTE,
    .moment = RULE_ROLLED_BACK,
    .is_of_way_back = true,
    .property = "no extension is left behind by the rollback",
    .sees = "An extension that did not exist at the baseline and exists after the rollback.",
    .why = "Many leave it on purpose: where production had the extension before, or something else "
           "uses it by now, dropping it does harm. If the next upgrade fails over it, that is a "
           "finding of its own.",
    .remedy = "write CREATE EXTENSION IF NOT EXISTS, and drop it in the downgrade only if nothing "
              "else can have used it",
    .source = "https://github.com/coval-ai/benchmarks/pull/394",
    .check = check,
};
