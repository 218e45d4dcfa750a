#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare_upgrade(look, sql_rule_reference_facts, sql_rule_new_judge, e);
}

const struct rule rule_broken_reference = {
    .name = "broken-reference",
    .level = LEVEL_FINDING,
    .property = "foreign keys are satisfied",
    .sees = "Rows that violate a foreign key that counts as valid.",
    .why = "With triggers disabled or under the replication role, keys are not checked, and "
           "nothing checks them later. A dump of such a database "
           "cannot be restored.",
    .remedy = "write with the keys enabled",
    .source = "https://www.postgresql.org/docs/current/"
              "runtime-config-client.html#GUC-SESSION-REPLICATION-ROLE",
    .check = check,
};
