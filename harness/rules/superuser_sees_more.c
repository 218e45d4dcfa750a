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
    .sees = "An UPDATE or DELETE that reached rows since the rehearsal's migrator "
            "is a superuser, and would not reach them as the owner of the table.",
    .why = "Production's migrator is seldom a superuser. What row security hides "
           "from the owner is then left as it was.",
    .remedy = "run the migration as production's role, or lift FORCE ROW LEVEL "
              "SECURITY meanwhile",
    .source = "https://github.com/fazer-ai/agents/issues/106",
    .check = check,
};
