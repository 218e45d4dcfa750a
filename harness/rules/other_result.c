#include <stdlib.h>

#include "base/memory.h"
#include "rules/look.h"
#include "rules/statement_trials.h"

static bool check(struct rule_look *look, struct error *e)
{
    const struct statement_trials *trials = statement_trials_take(look, e);
    for (size_t i = 0; trials && i < trials->count; i++) {
        const struct statement_trial *t = &trials->items[i];
        if (!t->other_result)
            continue;
        char *object = memory_format("statement \"%s\"", t->statement->sql);
        look_sees(look, object, "returns other columns after the upgrade", NULL);
        free(object);
    }
    return trials != NULL;
}

const struct rule rule_other_result = {
    .name = "other-result",
    .level = LEVEL_NOTE,
    .needs_shape = true,
    .property = "the application's statements return the same columns",
    .sees = "A statement of production's shape whose columns have other names or types after the "
            "upgrade.",
    .why = "A release that reads columns by their place reads the wrong ones, and a session that "
           "has prepared the statement fails until it reconnects.",
    .remedy = "name the columns in the statement, or let sessions reconnect after the migration",
    .source = "https://github.com/npgsql/npgsql/issues/4015",
    .check = check,
};
