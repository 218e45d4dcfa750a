#include "rules/holds.h"

#include <stdlib.h>

#include "rules/cost_facts.h"
#include "rules/look.h"
#include "rules/sql.h"

static bool gather(struct rule_ground *g, struct error *e)
{
    if (!g->hold_before)
        g->hold_before = look_facts(g->before, sql_rule_hold_facts, 0, NULL, e);
    if (g->hold_before && !g->hold_after)
        g->hold_after = look_facts(g->after, sql_rule_hold_facts, 0, NULL, e);
    return g->hold_before && g->hold_after;
}

/* Without a ledger the rule could not look. */
static bool is_watched(struct rule_look *look)
{
    const struct cost_record *cost = look->ground->cost;
    if (cost && cost->statement_count)
        return true;
    look_not_run(look, cost && cost->missing ? cost->missing : "the upgrade was not watched");
    return false;
}

bool holds_take(struct rule_look *look, const char *rule, struct error *e)
{
    struct rule_ground *g = look->ground;
    if (!is_watched(look))
        return true;
    if (!gather(g, e))
        return false;
    char *cost = cost_facts(g->cost);
    const char *const values[] = {g->hold_before, g->hold_after, cost, rule};
    bool good = look_judge(look, g->after, sql_rule_hold_judge, 4, values, e);
    free(cost);
    return good;
}

bool hidden_take(struct rule_look *look, const char *rule, struct error *e)
{
    if (!is_watched(look))
        return true;
    char *cost = cost_facts(look->ground->cost);
    const char *const values[] = {cost, rule};
    bool good = look_judge(look, look->ground->after, sql_rule_hidden_judge, 2, values, e);
    free(cost);
    return good;
}
