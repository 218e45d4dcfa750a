/* upgrade_over: something was made beforehand that the upgrade would make; it has to take it. */
#include "base/memory.h"
#include "migrator/migrator_log.h"
#include "rehearsal/attempt.h"
#include "rehearsal/fault.h"

/*
 * Migrations that are not the suite's own may know nothing of this way and refuse what was made,
 * in a message that says so; then it is taken away again, and the upgrade has to succeed.
 */
static bool refuses_cleanly(const struct rehearsal *r, const struct suite_fault *f,
                            const struct attempt *a)
{
    return r->run->ground.migrator.replaced && f->words &&
           a->result.process.ending == PROCESS_EXITED &&
           migrator_log_complaint(&a->result, f->words, true);
}

static void tell_failure(struct rehearsal *r, struct check *c, const char *fault,
                         const struct attempt *a)
{
    char *ending = attempt_ending(r, a);
    attempt_finding(r, c, a, &(struct evidence){.remedy = "leave what already exists as required"},
                    "with the objects that %s created beforehand, the upgrade %s", fault, ending);
    rehearsal_latch(r, "not run: the upgrade failed");
    free(ending);
}

void upgrade_over(struct rehearsal *r, enum rehearsed_revision revision, const char *fault)
{
    fault = fault_name(r, fault);
    const struct suite_fault *f = fault_find(r, fault);
    const char *to = rehearsal_revision(r, revision);
    char *requirements = fault_requirements(f);
    step_begin(r, "upgrade to %s over the objects that %s created beforehand", to, fault);
    struct check *c =
        step_check(r, "accepted", requirements, "the upgrade takes %s%s", fault,
                   r->run->ground.migrator.replaced ? ", or says that it does not" : "");
    free(requirements);
    if (!step_runs(r))
        return;
    struct attempt a;
    struct error e = {0};
    bool good = attempt_make(r, MIGRATOR_UPGRADE, to, "upgrade", &a, &e);
    if (good && !a.well && refuses_cleanly(r, f, &a)) {
        fault_state(r)->kept_is_gone = true;
        attempt_release(&a);
        good = fault_act(r, f->remedy, f->remedy_count, &e) &&
               attempt_make(r, MIGRATOR_UPGRADE, to, "upgrade", &a, &e);
    }
    c->seconds = a.result.process.seconds;
    if (!good)
        check_error(r, c, &e);
    else if (a.well)
        check_pass(r, c);
    else
        tell_failure(r, c, fault, &a);
    step_measure_as(r, MEASURE_UPGRADE, a.result.process.seconds, r->run->ground.time_limit);
    attempt_release(&a);
}
