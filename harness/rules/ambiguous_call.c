#include <stdlib.h>

#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    char *calls = look_facts(look->ground->before, sql_rule_call_facts, 0, NULL, e);
    const char *const values[] = {calls};
    bool good = calls && look_judge(look, look->ground->after, sql_rule_call_judge, 1, values, e);
    free(calls);
    return good;
}

const struct rule rule_ambiguous_call = {
    .name = "ambiguous-call",
    .level = LEVEL_FINDING,
    .property = "function calls are as unambiguous as before",
    .sees = "A function call that worked at the baseline and is now ambiguous.",
    .why = "CREATE OR REPLACE with another argument makes a second function beside "
           "the old one. With a default for it, every call of the old form fits "
           "both and fails with 42725.",
    .remedy = "drop the old function in the same migration",
    .source = "https://github.com/timescale/promscale_extension/issues/318, "
              "https://github.com/x4m/pg_tm_aux/issues/8",
    .check = check,
};
