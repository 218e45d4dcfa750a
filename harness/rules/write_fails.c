#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "rules/look.h"
#include "rules/sql.h"
#include "rules/trials.h"

/* The key that a sequence returns twice is a cause that sequence-behind names. */
static void leave_to_sequence_behind(struct rule_look *look)
{
    const char *behind = look->ground->behind;
    for (const char *p = behind; p && *p; p += strcspn(p, "\n") + 1) {
        char *object = memory_format("%.*s", (int)strcspn(p, "\n"), p);
        look_takes_back(look, object, "(23505)");
        free(object);
    }
}

static bool check(struct rule_look *look, struct error *e)
{
    if (!trials_take(look, "write-fails", e))
        return false;
    leave_to_sequence_behind(look);
    return look_compare_upgrade(look, sql_rule_published_facts, sql_rule_published_judge, e);
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
