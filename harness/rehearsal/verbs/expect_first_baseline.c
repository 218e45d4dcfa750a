/*
 * expect_one_history, expect_first_baseline and expect_same_past: whether the revisions of a
 * project lead anywhere, also from where its databases are.
 */
#include "rehearsal/first_baseline.h"

#include <string.h>

#include "base/memory.h"
#include "migrator/migrator_place.h"
#include "rehearsal/judged_rule.h"
#include "rehearsal/rehearsal.h"
#include "rehearsal/relived_history.h"

static void expect_one_history(struct rehearsal *r)
{
    const struct first_baseline *first = r->run->first;
    const struct revision_list *list = first->revisions;
    step_begin(r, "read %zu revision%s", list->count, list->count == 1 ? "" : "s");
    if (list->problem_count == 0) {
        struct check *c = step_check(r, "revisions", NULL, "the revisions form one history");
        if (step_runs(r))
            check_pass(r, c);
    }
    for (size_t i = 0; i < list->problem_count; i++) {
        const struct revision_problem *p = &list->problems[i];
        struct check *c =
            step_check(r, "revisions", NULL, "the revisions form one history: %zu", i + 1);
        if (!step_runs(r))
            continue;
        char *file = p->file ? migrator_path_for_display(p->file) : NULL;
        check_finding(
            r, c,
            &(struct evidence){.remedy = p->remedy ? p->remedy
                                                   : "give each revision one place in the order",
                               .file = file},
            "%s", p->text);
        free(file);
    }
}

/* SQLSTATEs of what is not there: tables, columns, functions, schemas, other objects. */
static bool lacks_object(const char *sqlstate)
{
    static const char *const states[] = {"42P01", "42703", "42883", "3F000", "42704"};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(sqlstate, states[i]) == 0)
            return true;
    return false;
}

/* To be freed. */
static char *remedy_for(const struct baseline_failure *f)
{
    if (!f->lacks && lacks_object(f->sqlstate))
        return memory_copy_of("fix that revision: no new database can be made; or, if no migration "
                              "makes what it lacks, supply that with --base FILE");
    if (!f->lacks)
        return memory_copy_of("fix that revision: no new database can be made");
    return memory_format("fix that revision; or, if the owner of the database installs extensions "
                         "beforehand, put extensions: [%s] into pgrehearse.yaml",
                         f->lacks);
}

static void expect_first_baseline(struct rehearsal *r)
{
    const struct first_baseline *first = r->run->first;
    step_begin(r, "build the baseline %s", first->name);
    struct check *c =
        step_check(r, "baseline", NULL, "every revision up to %s applies", first->name);
    if (!step_runs(r))
        return;
    const struct baseline_failure *f = &first->failure;
    char *remedy = remedy_for(f);
    struct evidence evidence = {.remedy = remedy,
                                .detail = f->detail,
                                .file = f->file,
                                .line = f->line,
                                .sqlstate = f->sqlstate[0] ? f->sqlstate : NULL};
    if (first->is_refused)
        check_skip(r, c, "not run: the revisions have to be fixed first");
    else if (first->is_built)
        check_pass(r, c);
    else
        check_finding(r, c, &evidence, "%s%s does not apply to a new database: %s",
                      first->failed ? "" : "one of the revisions up to ",
                      first->failed ? first->failed : first->name,
                      f->message ? f->message : "it was not built");
    free(remedy);
}

static void judge_rule(struct rehearsal *r, struct check *c, const struct rule *rule)
{
    const struct first_baseline *first = r->run->first;
    struct rule_ground ground = {.relive = relived_history_make, .context = r};
    if (first->is_refused || (!first->is_base && !first->is_built))
        check_skip(r, c, "not run: the revisions have to be fixed first");
    else
        judged_rule_run(r, c, rule, &ground);
}

/* Rules of the history, which compare it with that of a commit. */
static void expect_same_past(struct rehearsal *r)
{
    const struct rule_list *rules = r->run->policy.rules;
    step_begin(r, "take a database of %s through the revisions", r->run->first->since);
    for (size_t i = 0; i < rules->count; i++) {
        const struct rule *rule = rules->items[i];
        if (rule->moment != RULE_OF_HISTORY || rule_policy_is_off(&r->run->policy, rule))
            continue;
        struct check *c = step_check(r, rule->name, NULL, "%s", rule->property);
        if (step_runs(r))
            judge_rule(r, c, rule);
    }
}

static void judge_first_baseline(struct rehearsal *r)
{
    expect_one_history(r);
    if (!r->run->first->is_base)
        expect_first_baseline(r);
    if (r->run->first->since)
        expect_same_past(r);
}

const struct scenario scenario_of_revisions = {
    .symbol = "revisions",
    .title = "Read the revisions, and build what comes before the first that is rehearsed",
    .runbook = judge_first_baseline};
