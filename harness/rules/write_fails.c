#include "rules/look.h"
#include "rules/sql.h"
#include "rules/trials.h"

static bool check(struct rule_look *look, struct error *e)
{
    return trials_take(look, "write-fails", e) &&
           look_compare_upgrade(look, sql_rule_published_facts, sql_rule_published_judge, e);
}

const struct rule rule_write_fails = {
    .name = "write-fails",
    .level = LEVEL_FINDING,
    .property = "writes that worked before still work",
    .sees =
        "A plain INSERT, UPDATE or DELETE that worked at the baseline and is refused at the "
        "target: a key that its sequence returns twice, a published table without a replica "
        "identity, a trigger whose function names a column that is gone, a missing partition. A "
        "new table that is published and can only be inserted into.",
    .why = "The schema is as intended and every check of it passes; the application's next write "
           "still fails.",
    .remedy = "make the write possible again",
    .source = "https://github.com/Unleash/unleash/issues/4303, "
              "https://github.com/virtool/virtool/pull/3825",
    .check = check,
};
