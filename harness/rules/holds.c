#include "rules/holds.h"

#include <stdlib.h>
#include <string.h>

#include "rules/cost_facts.h"
#include "rules/look.h"
#include "rules/sql.h"

static bool gather(struct rule_ground *g, struct error *e)
{
    if (!g->hold_before)
        g->hold_before = look_facts(g->before, sql_rule_hold_facts, 0, NULL, e);
    if (g->hold_before && !g->hold_after)
        g->hold_after = look_facts(g->after, sql_rule_hold_facts, 0, NULL, e);
    if (g->hold_after && !g->hold_written)
        g->hold_written = look_facts(g->after, sql_rule_written_facts, 1,
                                     (const char *const[]){g->hold_before}, e);
    return g->hold_written != NULL;
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

static bool judge(struct rule_look *look, const char *rule, struct error *e)
{
    const struct rule_ground *g = look->ground;
    char *cost = cost_facts(g->cost);
    const char *const values[] = {
        g->hold_before, g->hold_after, cost, rule, g->hold_forecast ? g->hold_forecast : "[]",
        g->hold_written};
    bool good = look_judge(look, g->after, sql_rule_hold_judge, 6, values, e);
    free(cost);
    return good;
}

/* Of the other rules' sightings the time does not grow with the rows. */
static bool grows(const char *rule)
{
    return strcmp(rule, "table-rewritten") == 0 || strcmp(rule, "scan-under-lock") == 0 ||
           strcmp(rule, "lock-kept") == 0;
}

/* How long it takes in production is asked once for all rules. */
static bool forecast(struct rule_ground *g, const char *rule, struct error *e)
{
    if (!g->hold_forecast && g->forecast_holds && grows(rule))
        g->hold_forecast = g->forecast_holds(g->context, e);
    return g->hold_forecast || e->kind == ERROR_NONE;
}

bool holds_take(struct rule_look *look, const char *rule, struct error *e)
{
    struct rule_ground *g = look->ground;
    return !is_watched(look) || (gather(g, e) && forecast(g, rule, e) && judge(look, rule, e));
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
