#include <stdlib.h>
#include <string.h>

#include "rules/holds.h"
#include "rules/look.h"
#include "rules/sql.h"

/* Whether row security guards a table that has rows. */
static bool is_any_guarded(const struct rule_ground *g, char **tables, struct error *e)
{
    *tables = look_facts(g->before, sql_rule_guarded_facts, 0, NULL, e);
    return *tables && strcmp(*tables, "[]") != 0;
}

/* The values of the guarded tables after one more run of the upgrade; NULL if there was none. */
static char *values_elsewhere(struct rule_look *look, const char *tables, const char *prepare,
                              struct error *e)
{
    struct rule_ground *g = look->ground;
    const struct rule_journey journey = {.prepare = prepare, .place = "without row security"};
    const char *const values[] = {tables};
    struct connection *there = NULL;
    char *trouble = NULL, *found = NULL;
    if (g->travel(g->context, &journey, &there, &trouble, e) && !trouble)
        found = look_facts(there, sql_rule_filled_facts, 1, values, e);
    free(trouble);
    return found;
}

/*
 * Statements may be hidden in functions or sent in one string: what row security kept from the
 * migration shows in what another run leaves behind that it does not bind. What differs between two
 * runs anyway, as random values do, says nothing.
 */
static bool compare_unguarded(struct rule_look *look, const char *tables, struct error *e)
{
    struct rule_ground *g = look->ground;
    const char *const asked[] = {tables};
    char *here = look_facts(g->after, sql_rule_filled_facts, 1, asked, e);
    char *open = here ? values_elsewhere(look, tables, sql_rule_unguard, e) : NULL;
    bool differs = open && strcmp(here, open) != 0;
    char *again = differs ? values_elsewhere(look, tables, NULL, e) : NULL;
    const char *const values[] = {here, open, again};
    bool good = !again || look_judge(look, g->after, sql_rule_filled_judge, 3, values, e);
    free(here);
    free(open);
    free(again);
    return good && e->kind == ERROR_NONE;
}

static bool check(struct rule_look *look, struct error *e)
{
    char *tables = NULL;
    bool good = hidden_take(look, "hidden-rows", e);
    if (good && !look->count && look->ground->travel && is_any_guarded(look->ground, &tables, e))
        good = compare_unguarded(look, tables, e);
    free(tables);
    return good && e->kind == ERROR_NONE;
}

const struct rule rule_hidden_rows = {
    .name = "hidden-rows",
    .level = LEVEL_FINDING,
    .needs_run = true,
    .property = "the migrator sees the rows that it changes",
    .sees = "An UPDATE or DELETE of the migration that reached fewer rows of a table with row "
            "security than match it; or a table with row security whose rows the migration leaves "
            "in another state where row security is off.",
    .why = "Row security applies to the owner of a table where it is forced, and "
           "to every role that is not a superuser. A backfill then silently fills no row.",
    .remedy = "let the migration see every row: NO FORCE ROW LEVEL SECURITY during the work, or a "
              "role with BYPASSRLS",
    .source = "https://github.com/Cloudgeni-ai/opengeni/pull/1608, "
              "https://github.com/LanternOps/breeze/issues/4483",
    .check = check,
};
