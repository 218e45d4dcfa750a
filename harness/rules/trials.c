#include "rules/trials.h"

#include <stdlib.h>

#include "base/memory.h"
#include "rules/look.h"
#include "rules/sql.h"

/* Names that functions leave open are found as the application's sessions find them. */
static const char own_path[] = "SELECT set_config('search_path', reset_val, true) FROM "
                               "pg_catalog.pg_settings WHERE name = 'search_path'";

/* How the plan's statements end there. */
static char *try_all(struct connection *c, const char *plan, bool now, struct error *e)
{
    const char *const values[] = {plan, now ? "t" : "f"};
    char *query = memory_format("SELECT coalesce(json_agg(row_to_json(q)), '[]') FROM (%s) q",
                                sql_rule_trial_run);
    char *found = connection_run(c, sql_rule_spell, e) &&
                          connection_run(c, sql_rule_trial_helper, e) &&
                          connection_run(c, own_path, e)
                      ? connection_value(c, query, 2, values, e)
                      : NULL;
    free(query);
    if (!connection_run(c, "ROLLBACK", e)) {
        free(found);
        found = NULL;
    }
    return found;
}

struct findings {
    char *was, *is, *plan, *before, *after; /* as JSON */
};

static void findings_release(struct findings *f)
{
    char *const strings[] = {f->was, f->is, f->plan, f->before, f->after};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        free(strings[i]);
}

static bool gather(const struct rule_ground *g, struct findings *f, struct error *e)
{
    return (f->was = look_facts(g->before, sql_rule_trial_columns, 0, NULL, e)) &&
           (f->is = look_facts(g->after, sql_rule_trial_columns, 0, NULL, e)) &&
           (f->plan =
                look_facts(g->before, sql_rule_trial_plan, 1, (const char *const[]){f->is}, e)) &&
           (f->before = try_all(g->before, f->plan, false, e)) &&
           (f->after = try_all(g->after, f->plan, true, e));
}

static bool make_trials(struct rule_ground *g, struct error *e)
{
    struct findings f = {0};
    if (gather(g, &f, e)) {
        const char *const values[] = {f.before, f.after, f.was, f.is};
        g->trials = look_facts_of(g->after, sql_rule_trial_judge, 4, values, e);
        g->trial_plan = f.plan;
        f.plan = NULL;
    }
    findings_release(&f);
    return g->trials != NULL;
}

bool trials_take(struct rule_look *look, const char *rule, struct error *e)
{
    static const char judge[] =
        "SELECT object, evidence, remedy, level FROM json_to_recordset($1) AS x "
        "(rule text, object text, evidence text, remedy text, level text) WHERE rule = $2";
    if (!look->ground->trials && !make_trials(look->ground, e))
        return false;
    const char *const values[] = {look->ground->trials, rule};
    return look_judge(look, look->ground->after, judge, 2, values, e);
}
