/* upgrade_over: something was made beforehand that the upgrade would make; it has to take it. */
#include "blame.h"
#include "fault.h"
#include "memory.h"
#include "migrator_log.h"

static const size_t tail_length = 30; /* lines of the log that a finding shows */

/* What became of one upgrade. */
struct attempt {
    struct migrator_result result;
    struct error logged; /* the server's first error meanwhile */
    bool well;           /* it ended with success */
};

static bool try_upgrade(struct rehearsal *r, const char *to, struct attempt *a, struct error *e)
{
    long offset = server_log_offset(r->run->server);
    *a = (struct attempt){0};
    if (!migrator_run(&r->run->migrator, MIGRATOR_UPGRADE, to, r->migrator_url,
                      run_patience(r->run), &a->result, e))
        return false;
    const struct process_result *p = &a->result.process;
    migrator_log_write(r, "upgrade", &a->result);
    a->well = p->ending == PROCESS_EXITED && p->status == 0;
    if (a->well)
        return true;
    server_logged_error(r->run->server, r->database, offset, &a->logged);
    return p->ending != PROCESS_EXITED || !blame_server(r, &a->result, &a->logged, e);
}

/*
 * Migrations that are not the suite's own may know nothing of this way and refuse what was made,
 * in a message that says so; then it is taken away again, and the upgrade has to succeed.
 */
static bool refuses_cleanly(const struct rehearsal *r, const struct suite_fault *f,
                            const struct attempt *a)
{
    return r->run->migrator.replaced && f->words && a->result.process.ending == PROCESS_EXITED &&
           migrator_log_complaint(&a->result, f->words, true);
}

static void tell_failure(struct rehearsal *r, struct check *c, const char *fault,
                         const struct attempt *a)
{
    char *ending = process_ending_text(&a->result.process);
    char *tail = migrator_tail(&a->result, tail_length);
    const char *why = a->logged.message[0] ? a->logged.message : migrator_last_line(&a->result);
    struct evidence evidence = {.expected = "exit status 0",
                                .found = ending,
                                .detail = tail,
                                .remedy = "leave what is there already and as it has to be",
                                .sqlstate = a->logged.sqlstate[0] ? a->logged.sqlstate : NULL};
    check_finding(r, c, &evidence, "with what %s made beforehand the upgrade %s: %s", fault, ending,
                  why);
    rehearsal_latch(r, "not run: the upgrade failed");
    free(tail);
    free(ending);
}

void upgrade_over(struct rehearsal *r, enum revision revision, const char *fault)
{
    const struct suite_fault *f = fault_find(r, fault);
    const char *to = rehearsal_revision(r, revision);
    char *requirements = fault_requirements(f);
    step_begin(r, "upgrade to %s over what %s made beforehand", to, fault);
    struct check *c = step_check(r, "accepted", requirements, "the upgrade takes %s%s", fault,
                                 r->run->migrator.replaced ? ", or says that it does not" : "");
    free(requirements);
    if (!step_runs(r))
        return;
    struct attempt a;
    struct error e = {0};
    bool good = try_upgrade(r, to, &a, &e);
    if (good && !a.well && refuses_cleanly(r, f, &a)) {
        r->kept_is_gone = true;
        migrator_result_release(&a.result);
        good = fault_act(r, f->remedy, f->remedy_count, &e) && try_upgrade(r, to, &a, &e);
    }
    c->seconds = a.result.process.seconds;
    if (!good)
        check_error(r, c, &e);
    else if (a.well)
        check_pass(r, c);
    else
        tell_failure(r, c, fault, &a);
    step_measure(r, "upgrade", "s", a.result.process.seconds, r->run->time_limit);
    migrator_result_release(&a.result);
}
