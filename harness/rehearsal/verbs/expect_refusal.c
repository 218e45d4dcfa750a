/* expect_refusal: with this fault in the database the upgrade must stop, and say why. */
#include "base/memory.h"
#include "migrator/migrator_log.h"
#include "rehearsal/attempt.h"
#include "rehearsal/fault.h"

static void tell_success(struct rehearsal *r, struct check *c, const char *fault,
                         struct evidence *evidence)
{
    evidence->remedy =
        "check for it before changing anything, and fail with a message that says what to do";
    check_finding(r, c, evidence, "the upgrade succeeded despite %s", fault);
    fault_state(r)->not_refused = memory_format("the upgrade was not refused for %s", fault);
}

static void judge_message(struct rehearsal *r, struct check *c, const struct suite_fault *f,
                          const struct migrator_result *result, struct evidence *evidence)
{
    bool own = !r->run->ground.migrator.replaced;
    const char *pattern = own && f->message ? f->message : f->words;
    const char *last = migrator_last_line(result);
    evidence->expected = pattern ? pattern : "a message";
    evidence->found = last;
    evidence->remedy = "name in the message what is wrong and what to do";
    if (!*last)
        check_finding(r, c, evidence, "the upgrade was refused without a message");
    else if (pattern && !migrator_log_complaint(result, pattern, !(own && f->message)))
        check_finding(r, c, evidence, "the message does not mention %s: %s", f->name, last);
    else
        check_pass(r, c);
}

static void judge(struct rehearsal *r, struct check *refused, struct check *message,
                  const struct suite_fault *f, const struct attempt *a)
{
    const struct process_result *p = &a->result.process;
    char *ending = process_ending_text(p), *tail = attempt_tail(a);
    struct evidence evidence = {.expected = "a refusal", .found = ending, .detail = tail};
    if (process_succeeded(p)) {
        tell_success(r, refused, f->name, &evidence);
        message->message = memory_format("not run: %s", fault_state(r)->not_refused);
    } else if (p->ending != PROCESS_EXITED) {
        evidence.remedy = "make the migration itself fail fast";
        check_finding(r, refused, &evidence, "with %s the upgrade %s", f->name, ending);
    } else {
        check_pass(r, refused);
        judge_message(r, message, f, &a->result, &evidence);
    }
    free(tail);
    free(ending);
}

void expect_refusal(struct rehearsal *r, enum rehearsed_revision revision, const char *fault)
{
    fault = fault_name(r, fault);
    const struct suite_fault *f = fault_find(r, fault);
    const char *to = rehearsal_revision(r, revision);
    char *requirements = fault_requirements(f);
    step_begin(r, "expect the upgrade to %s to be refused for %s", to, fault);
    struct check *refused =
        step_check(r, "refusal", requirements, "with %s the upgrade is refused", fault);
    struct check *message =
        step_check(r, "message", requirements, "the message mentions %s", fault);
    free(requirements);
    if (!step_runs(r))
        return;
    struct attempt a;
    struct error e = {0};
    bool tried = attempt_make(r, MIGRATOR_UPGRADE, to, "refused-upgrade", &a, &e);
    refused->seconds = a.result.process.seconds;
    if (tried)
        judge(r, refused, message, f, &a);
    else
        check_error(r, refused, &e);
    step_measure_as(r, MEASURE_REFUSED_UPGRADE, refused->seconds, 0);
    attempt_release(&a);
}
