#include <stdlib.h>

#include "base/memory.h"
#include "rules/look.h"
#include "rules/statement_trials.h"

static bool check(struct rule_look *look, struct error *e)
{
    const struct statement_trials *trials = statement_trials_take(look, e);
    for (size_t i = 0; trials && i < trials->count; i++) {
        const struct statement_trial *t = &trials->items[i];
        if (!t->failure)
            continue;
        char *object = memory_format("statement \"%s\"", t->statement->sql);
        char *evidence = memory_format("fails after the upgrade: %s; production has called it %llu "
                                       "times",
                                       t->failure, (unsigned long long)t->statement->calls);
        look_sees(look, object, evidence, NULL);
        free(evidence);
        free(object);
    }
    return trials != NULL;
}

const struct rule rule_statement_fails = {
    .name = "statement-fails",
    .level = LEVEL_FINDING,
    .needs_shape = true,
    .property = "the application's statements still work",
    .sees = "A statement of production's shape that could be prepared at the baseline and no "
            "longer can. It is prepared only, never run.",
    .why = "While the new release is rolled out, and after it is rolled back, the old one sends "
           "these statements. That they are sent is known: production has counted them.",
    .remedy = "keep what the statement names until no running release sends it",
    .source = "https://github.com/ankane/strong_migrations",
    .check = check,
};
