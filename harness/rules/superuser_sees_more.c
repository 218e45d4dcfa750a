#include "rules/holds.h"

static bool check(struct rule_look *look, struct error *e)
{
    return hidden_take(look, "superuser-sees-more", e);
}

const struct rule rule_superuser_sees_more = {
    .name = "superuser-sees-more",
    .level = LEVEL_WARNING,
    .needs_run = true,
    .property = "a migrator with fewer rights would see the same rows",
    .sees = "An UPDATE or DELETE that reached rows only because the rehearsal's migrator is a "
            "superuser; the owner of the table would not reach them.",
    .why = "Production's migrator is seldom a superuser. The rows that row security hides from the "
           "owner then stay unchanged.",
    .remedy =
        "run the migration as production's role, or lift FORCE ROW LEVEL SECURITY during the work",
    .source = "https://github.com/fazer-ai/agents/issues/106",
    .check = check,
};
