#include "rehearsal/costs/measured_upgrade.h"

#include "base/memory.h"
#include "base/text.h"
#include "rehearsal/costs/budget.h"
#include "suite/suite_budget.h"

bool measured_upgrade(struct rehearsal *r, const char *revision, bool others,
                      struct cost_record **record, struct attempt *a, struct error *e)
{
    const struct run *run = r->run;
    struct culprit culprit;
    attempt_watch(r, &culprit);
    char *folder = memory_format("%s/cost-%s", run->ground.folder->sockets, r->slug);
    const struct cost_request request = {.migrator = &run->ground.migrator,
                                         .action = MIGRATOR_UPGRADE,
                                         .revision = revision,
                                         .migrator_url = r->migrator_url,
                                         .url = r->url,
                                         .server_url = run->ground.server->url,
                                         .folder = folder,
                                         .time_limit = ground_patience(&run->ground),
                                         .cancel = run->ground.cancel,
                                         .is_ours = run->ground.server->is_embedded,
                                         .without_counters = others};
    *record = NULL;
    *a = (struct attempt){0};
    bool good = cluster_enter(run->ground.cluster, r, r->database, e) &&
                attempt_end(r, r->database, MIGRATOR_UPGRADE,
                            cost_measure(&request, record, &a->result, e), &a->result, e) &&
                attempt_conclude(r, "upgrade", &culprit, a, e);
    if (!good) {
        cost_record_free(*record);
        *record = NULL;
    }
    free(folder);
    return good;
}

bool measured_upgrade_was_seen(const struct cost_record *c, struct error *e)
{
    return c->statement_count > 0 ||
           error_set(e, ERROR_UNAVAILABLE, "no statement of the upgrade was seen: %s",
                     c->missing ? c->missing : "the migrator sent none");
}

static bool concerns(const struct suite_budget *b, bool of_probes)
{
    return (b->probe != NULL) == of_probes;
}

void budgets_plan(struct rehearsal *r, bool of_probes)
{
    const struct suite *suite = r->run->ground.suite;
    for (unsigned i = 0; i < suite->budget_count; i++) {
        const struct suite_budget *b = &suite->budgets[i];
        struct text ids = {0};
        if (!concerns(b, of_probes))
            continue;
        for (unsigned j = 0; j < b->requirement_count; j++)
            text_append_format(&ids, "%s%s", j ? " " : "", b->requirements[j]);
        char *name = suite_budget_text(b);
        step_check(r, "budget", text_string(&ids), "%s", name);
        free(name);
        text_release(&ids);
    }
}

static void judge_one(struct rehearsal *r, struct check *check, const struct suite_budget *b,
                      const struct cost_record *c)
{
    struct budget_verdict v = budget_judge(b, c);
    struct error e = {0};
    char *limit = suite_budget_text(b);
    const struct evidence evidence = {.remedy = "make the migration cheaper, or raise the budget",
                                      .expected = limit,
                                      .found = v.found,
                                      .sql = v.statement ? v.statement->sql : NULL};
    if (v.outcome == BUDGET_KEPT)
        check_pass(r, check);
    else if (v.outcome == BUDGET_OVER)
        check_finding(r, check, &evidence, "%s", v.message);
    else if (!error_set(&e, ERROR_UNAVAILABLE, "%s", v.message))
        check_error(r, check, &e);
    free(limit);
    budget_verdict_release(&v);
}

void budgets_judge(struct rehearsal *r, size_t first, bool of_probes, const struct cost_record *c)
{
    const struct suite *suite = r->run->ground.suite;
    for (unsigned i = 0; i < suite->budget_count; i++)
        if (concerns(&suite->budgets[i], of_probes))
            judge_one(r, &r->step->checks[first++], &suite->budgets[i], c);
}

void measured_upgrade_failed(struct rehearsal *r, struct check *c, const struct attempt *a)
{
    char *ending = attempt_ending(r, a);
    attempt_finding(r, c, a, &(struct evidence){0}, "the upgrade %s", ending);
    rehearsal_latch(r, "not run: the upgrade failed");
    free(ending);
}
