#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare_outside(look, sql_rule_elevated_judge, e);
}

const struct rule rule_elevated_role = {
    .name = "elevated-role",
    .level = LEVEL_WARNING,
    .needs_run = true,
    .property = "no role gets rights over the whole server",
    .sees = "A role that has SUPERUSER, BYPASSRLS or REPLICATION after the upgrade and had it not "
            "before.",
    .why = "These rights hold in every database of the server. A role of an application that has "
           "one of them is past every other guard, and the migrator itself needs a superuser to "
           "give them.",
    .remedy = "let a DBA make such a role, and give it no login",
    .source = "https://www.postgresql.org/docs/current/role-attributes.html",
    .check = check,
};
