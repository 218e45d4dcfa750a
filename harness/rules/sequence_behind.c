#include <stdlib.h>

#include "base/text.h"
#include "rules/look.h"
#include "rules/sql.h"

/* For the rule that tries an INSERT. */
static void remember_tables(struct rule_look *look)
{
    struct text tables = {0};
    for (size_t i = 0; i < look->count; i++)
        text_append_format(&tables, "%s\n", look->sightings[i].object);
    free(look->ground->behind);
    look->ground->behind = text_detach(&tables);
}

static bool check(struct rule_look *look, struct error *e)
{
    bool good =
        look_compare_upgrade(look, sql_rule_sequence_facts, sql_rule_sequence_behind_judge, e);
    remember_tables(look);
    return good;
}

const struct rule rule_sequence_behind = {
    .name = "sequence-behind",
    .level = LEVEL_FINDING,
    .property = "sequences continue above existing values",
    .sees = "A sequence that fills a unique column and whose next value is not "
            "above the highest one in the table.",
    .why = "A recreated sequence begins at 1, and one that is restored or moved keeps its old "
           "position. The first INSERT, or the one that reaches the first existing value, "
           "collides. An empty test database does not show this.",
    .remedy = "SELECT setval(sequence, (SELECT max(column) FROM table)) in the same "
              "migration",
    .source = "https://github.com/virtool/virtool/pull/3825, "
              "https://github.com/iuliandita/digarr/pull/548",
    .check = check,
};
