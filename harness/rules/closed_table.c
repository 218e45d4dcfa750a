#include "rules/look.h"
#include "rules/sql.h"

static bool check(struct rule_look *look, struct error *e)
{
    return look_compare_upgrade(look, sql_rule_table_facts, sql_rule_closed_table_judge, e) &&
           look_compare_upgrade(look, sql_rule_counter_facts, sql_rule_counter_judge, e);
}

const struct rule rule_closed_table = {
    .name = "closed-table",
    .level = LEVEL_FINDING,
    .property = "new tables are as open as their siblings",
    .sees = "A new table that lacks the grants, the owner or the row security that "
            "every other table of its schema has; or that a role may insert into, but without the "
            "sequence that it may use of every other table.",
    .why = "Default privileges apply to what one role creates; a migration that runs as another "
           "role creates tables that the application may not read. Without row "
           "security the new table shows every tenant's rows.",
    .remedy = "grant what the other tables grant, or run the migration as their owner",
    .source = "https://github.com/navapbc/template-infra/pull/377, "
              "https://github.com/pgsty/pigsty/issues/679, "
              "https://github.com/AntaresSimulatorTeam/AntaREST/pull/3365",
    .check = check,
};
