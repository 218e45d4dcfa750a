/* keep_twin, upgrade_watched, expect_rules, downgrade_if_any, expect_rollback_rules. */
#include <stdlib.h>

#include "base/memory.h"
#include "migrator/migration_files.h"
#include "migrator/migrator_place.h"
#include "rehearsal/costs/measured_upgrade.h"
#include "rehearsal/hold_forecast.h"
#include "rehearsal/sightings.h"
#include "rehearsal/target_revision.h"
#include "rehearsal/twin.h"
#include "rehearsal/way_back.h"
#include "rules/look.h"
#include "rules/sql.h"
#include "rules/statement_at_fault.h"

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

/* Where the statement is that the rule blames, as far as that can be known. */
struct blamed {
    const struct statement_cost *statement;
    char *file;
    unsigned line;
};

/* An earlier revision may have had the same statement. */
static struct revision_files own_files(const struct rehearsal *r)
{
    const struct project_revision *revision = target_revision(r);
    return revision ? (struct revision_files){revision->files, revision->file_count}
                    : (struct revision_files){0};
}

static struct blamed find_blamed(const struct rehearsal *r, const struct rule_look *look)
{
    struct blamed b = {0};
    const struct cost_record *cost = twin_of(r)->cost;
    b.statement = cost && look->count ? statement_at_fault(cost, &look->sightings[0]) : NULL;
    const struct revision_files own = own_files(r);
    if (b.statement)
        migration_files_find(r->run->policy.folder, &own, b.statement->sql, &b.file, &b.line);
    return b;
}

/* The revision's own where no statement is found in a file: it may be written by a program, or
   filled by its tool. To be freed; NULL: not known. */
static char *file_for_display(const struct rehearsal *r, const struct blamed *b)
{
    unsigned begins;
    if (!b->file)
        return target_revision_file(r, false, &begins);
    char *path = memory_format("%s/%s", r->run->policy.folder, b->file);
    char *shown = migrator_path_for_display(path);
    free(path);
    return shown;
}

/* An allowance counts in the file at fault; where that is not known, in any. */
static const struct allowance *allowed(const struct rehearsal *r, const struct rule *rule,
                                       const struct blamed *b)
{
    return rule_policy_allowance(&r->run->policy, rule, b->file);
}

/* What the suite says of the rule counts; else a figure, if all that was seen has one; else the
 * rule. */
static enum check_level level_of(const struct rehearsal *r, const struct rule *rule,
                                 const struct rule_look *look)
{
    enum check_level level = LEVEL_NOTE;
    for (size_t i = 0; i < look->count; i++) {
        const struct sighting *s = &look->sightings[i];
        enum check_level own = s->is_judged ? s->level : rule->level;
        level = own < level ? own : level; /* the first level is the worst */
    }
    return rule_policy_level(&r->run->policy, rule, level);
}

static void report(struct rehearsal *r, struct check *c, const struct rule *rule,
                   const struct rule_look *look)
{
    struct blamed b = find_blamed(r, look);
    const struct allowance *a = allowed(r, rule, &b);
    char *message = sightings_message(look), *detail = sightings_detail(look),
         *file = file_for_display(r, &b);
    const char *remedy = look->sightings[0].remedy;
    struct evidence evidence = {.remedy = remedy ? remedy : rule->remedy,
                                .detail = detail,
                                .sql = b.statement ? b.statement->sql : NULL,
                                .file = file,
                                .line = b.line};
    if (rule->is_of_way_back)
        way_back_blame(r, SIGN_SCHEMA_DIFFERS, &evidence);
    enum check_level level = level_of(r, rule, look);
    if (a) {
        char *meant =
            memory_format("allowed (%s:%u: %s): %s", a->file, a->line, a->reason, message);
        evidence.remedy = NULL;
        check_remark(r, c, LEVEL_NOTE, &evidence, meant);
        free(meant);
    } else if (level == LEVEL_FINDING) {
        check_finding(r, c, &evidence, "%s", message);
    } else {
        check_remark(r, c, level, &evidence, message);
    }
    free(b.file);
    free(file);
    free(detail);
    free(message);
}

static void conclude(struct rehearsal *r, struct check *c, const struct rule *rule,
                     const struct rule_look *look)
{
    if (look->not_run)
        check_skip(r, c, look->not_run);
    else if (look->count)
        report(r, c, rule, look);
    else
        check_pass(r, c);
}

static void run_rule(struct rehearsal *r, struct check *c, const struct rule *rule)
{
    struct rule_look look = {.ground = &twin_of(r)->ground};
    struct error e = {0};
    bool good = rule_run(rule, &look, &e);
    sightings_measure(r, &look);
    if (good)
        conclude(r, c, rule, &look);
    else
        check_error(r, c, &e);
    rule_look_release(&look);
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
            run_rule(r, &r->step->checks[first++], rules->items[i]);
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
