#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare_upgrade(look, sql_rule_sequence_facts, sql_rule_sequence_behind_judge, e);
}

const struct rule rule_sequence_behind = {
    .name = "sequence-behind",
    .level = LEVEL_FINDING,
    .property = "sequences go on above what is there",
    .sees = "A sequence that fills a unique column and whose next value is not "
            "above the highest one in the table.",
    .why = "A sequence that is made anew begins at 1, and one that is restored or "
           "moved keeps its old place. The first INSERT, or the one that comes to "
           "the first row, collides. On an empty test database nothing shows.",
    .remedy = "SELECT setval(sequence, (SELECT max(column) FROM table)) in the same "
              "migration",
    .source = "https://github.com/virtool/virtool/pull/3825, "
              "https://github.com/iuliandita/digarr/pull/548",
    .check = check,
};
