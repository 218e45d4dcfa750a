/* keep_twin, upgrade_watched, expect_rules, downgrade_if_any, expect_rollback_rules. */
#include <stdlib.h>

#include "rehearsal/costs/measured_upgrade.h"
#include "rehearsal/hold_forecast.h"
#include "rehearsal/judged_rule.h"
#include "rehearsal/twin.h"
#include "rules/look.h"
#include "rules/sql.h"

void keep_twin(struct rehearsal *r)
{
    step_begin(r, "keep a twin of the database as it is");
    struct check *c = step_check(r, "twin", NULL, "the twin is a clone of the database");
    if (!step_runs(r))
        return;
    struct error e = {0};
    if (twin_make(r, &e))
        check_pass(r, c);
    else
        check_error(r, c, &e);
}

/* Rules compare with the twin: a scenario that keeps none is wrong. */
static bool has_twin(struct rehearsal *r, struct check *c)
{
    struct error e = {0};
    if (twin_of(r))
        return true;
    error_set(&e, ERROR_USAGE, "the scenario looks for rules and never kept a twin");
    check_error(r, c, &e);
    return false;
}

void upgrade_watched(struct rehearsal *r, enum rehearsed_revision revision)
{
    const char *to = rehearsal_revision(r, revision);
    step_begin(r, "upgrade to %s with %s, watched", to, r->run->ground.migrator.definition->name);
    struct check *success = step_check(r, "upgrade", NULL, "upgrade to %s succeeds", to);
    if (!step_runs(r) || !has_twin(r, success))
        return;
    struct cost_record *record = NULL;
    char *left = NULL, *remedy = NULL;
    struct attempt a = {0};
    struct error e = {0};
    bool good = measured_upgrade(r, to, false, &record, &a, &e);
    success->seconds = a.result.process.seconds;
    struct error *unasked = good ? &e : &(struct error){0};
    /* what looks at its locks has failed, too */
    left = good && !a.well ? NULL : attempt_left_prepared(r, &remedy, unasked);
    if (left) {
        const struct evidence evidence = {.remedy = remedy};
        check_finding(r, success, &evidence, "the upgrade %s", left);
        rehearsal_latch(r, "not run: the upgrade left a prepared transaction behind");
    } else if (e.kind != ERROR_NONE)
        check_error(r, success, &e);
    else if (!a.well)
        measured_upgrade_failed(r, success, &a);
    else
        check_pass(r, success);
    free(remedy);
    free(left);
    twin_of(r)->cost = record;
    attempt_release(&a);
}

/* Rules of this moment that the suite has not switched off. */
static bool is_due(const struct rehearsal *r, const struct rule *rule, enum rule_moment moment)
{
    return rule->moment == moment && (!rule->needs_shape || r->run->ground.shape) &&
           !rule_policy_is_off(&r->run->policy, rule);
}

static void expect(struct rehearsal *r, enum rule_moment moment)
{
    size_t first = r->next_check;
    const struct rule_list *rules = r->run->policy.rules;
    for (size_t i = 0; i < rules->count; i++)
        if (is_due(r, rules->items[i], moment))
            step_check(r, rules->items[i]->name, NULL, "%s", rules->items[i]->property);
    if (!step_runs(r) || r->next_check == first || !has_twin(r, &r->step->checks[first]))
        return;
    for (size_t i = 0; i < rules->count && step_runs(r); i++)
        if (is_due(r, rules->items[i], moment))
            judged_rule_run(r, &r->step->checks[first++], rules->items[i], &twin_of(r)->ground);
}

/* For the rules of the rollback, which come when the target is gone. */
static void note_target(struct rehearsal *r)
{
    struct error ignored = {0}; /* a broken connection shows in what comes next */
    struct rule_ground *g = &twin_of(r)->ground;
    g->columns_after = look_facts(&r->connection, sql_rule_columns_facts, 0, NULL, &ignored);
    g->bounds_after = look_facts(&r->connection, sql_rule_bounds_facts, 0, NULL, &ignored);
    g->dates_after = look_dates(g, &r->connection, &ignored);
}

void expect_rules(struct rehearsal *r)
{
    const struct suite_migrator *migrator = r->run->ground.migrator.definition;
    step_begin(r, "check the rules that need no declaration");
    struct twin *twin = twin_of(r);
    if (step_runs(r) && twin)
        twin->ground =
            (struct rule_ground){.before = &twin->copy.connection,
                                 .after = &r->connection,
                                 .cost = twin->cost,
                                 .own_tables = migrator->tables,
                                 .own_table_count = migrator->table_count,
                                 .outside_before = twin->outside,
                                 .server_is_ours = r->run->ground.server->is_embedded,
                                 .shape = r->run->ground.shape,
                                 .travel = twin_travel,
                                 .restore = twin_restore,
                                 .forecast_holds = r->run->ground.shape ? hold_forecast_make : NULL,
                                 .context = r};
    if (step_runs(r) && twin)
        twin->outside = NULL;
    expect(r, RULE_UPGRADED);
    if (step_runs(r) && twin)
        note_target(r);
}

/* Whether there is a way back to be rehearsed. */
static bool leads_back(const struct rehearsal *r)
{
    const struct ground *g = &r->run->ground;
    return g->migrator.definition->downgrade && !g->no_way_back;
}

void downgrade_if_any(struct rehearsal *r, enum rehearsed_revision revision)
{
    if (leads_back(r))
        downgrade(r, revision);
}

void expect_rollback_rules(struct rehearsal *r)
{
    if (!leads_back(r))
        return;
    step_begin(r, "check the rules of the rollback");
    if (step_runs(r) && twin_of(r))
        twin_of(r)->ground.back = &r->connection;
    expect(r, RULE_ROLLED_BACK);
}
