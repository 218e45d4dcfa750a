/* upgrade, downgrade, upgrade_again: the verbs that run the migrator for real. */
#include "base/memory.h"
#include "migrator/migrator_log.h"
#include "migrator/migrator_steps.h"
#include "rehearsal/attempt.h"
#include "rehearsal/way_back.h"

static void tell_failure(struct rehearsal *r, struct check *c, const char *what,
                         const struct attempt *a)
{
    char *ending = attempt_ending(r, a);
    struct evidence evidence = {0};
    way_back_blame(r, SIGN_UPGRADE_FAILS, &evidence);
    if (a->result.process.ending == PROCESS_TIMED_OUT) {
        evidence.remedy = "find what it waits for, or raise --time-limit";
        attempt_finding(r, c, a, &evidence, "the %s %s, far over the limit of %g s", what, ending,
                        r->run->ground.time_limit);
    } else {
        attempt_finding(r, c, a, &evidence, "the %s %s", what, ending);
    }
    free(ending);
}

/* It ended well, as far as it says; whether it also let go of everything. */
static void judge_end(struct rehearsal *r, struct check *c, const char *what, struct attempt *a)
{
    struct error e = {0};
    char *remedy, *left = attempt_left_prepared(r, &remedy, &e);
    const struct evidence evidence = {.remedy = remedy};
    a->well = !left && e.kind == ERROR_NONE;
    if (left)
        check_finding(r, c, &evidence, "the %s %s", what, left);
    else if (!a->well)
        check_error(r, c, &e);
    else
        check_pass(r, c);
    free(remedy);
    free(left);
}

/* Runs it, and judges its end in `c`. What comes after a failure is not run. */
static void run_to_success(struct rehearsal *r, enum migrator_action action, const char *revision,
                           struct check *c, struct attempt *a)
{
    const char *what = action == MIGRATOR_UPGRADE ? "upgrade" : "downgrade";
    struct error e = {0};
    bool tried = attempt_make(r, action, revision, what, a, &e);
    c->seconds = a->result.process.seconds;
    if (!tried)
        check_error(r, c, &e);
    else if (a->well)
        judge_end(r, c, what, a);
    else
        tell_failure(r, c, what, a);
    if (!a->well)
        rehearsal_latch(r, "not run: the %s to %s failed", what, revision);
}

static void judge_time(struct rehearsal *r, struct check *c, double seconds)
{
    double limit = r->run->ground.time_limit;
    if (seconds <= limit) {
        check_pass(r, c);
        return;
    }
    char *expected = memory_format("at most %g s", limit),
         *found = memory_format("%.2f s", seconds);
    struct evidence evidence = {.remedy = "make the migration cheaper, or raise the time limit",
                                .expected = expected,
                                .found = found};
    check_finding(r, c, &evidence, "the upgrade took %.2f s, over the limit of %g s", seconds,
                  limit);
    free(found);
    free(expected);
}

static void judge_log(struct rehearsal *r, struct check *c, const struct attempt *a,
                      char *const *patterns, size_t count)
{
    const char *missing = migrator_log_missing(&a->result, patterns, count);
    if (!missing) {
        check_pass(r, c);
        return;
    }
    char *tail = attempt_tail(a);
    struct evidence evidence = {
        .remedy = "log every major step, in order", .expected = missing, .found = tail};
    check_finding(r, c, &evidence, "the log has no line like: %s", missing);
    free(tail);
}

/* What the suite expects of the log; of migrations that are not the suite's own, nothing. */
static size_t expected_lines(const struct rehearsal *r, bool up, char *const **patterns)
{
    const struct suite_migrator *m = r->run->ground.migrator.definition;
    if (r->run->ground.migrator.replaced)
        return 0;
    *patterns = up ? m->upgrade_log : m->downgrade_log;
    return up ? m->upgrade_log_count : m->downgrade_log_count;
}

/* One for each step that the log names: its time, or what the log states where that is more. */
static void measure_steps(struct rehearsal *r, const struct migrator_result *result)
{
    struct migrator_steps steps = {0};
    migrator_steps_read(&steps, r->run->ground.migrator.definition->step, result);
    for (size_t i = 0; i < steps.count; i++) {
        char *name = memory_format("step %u %s", steps.items[i].number, steps.items[i].title);
        step_measure(r, name, "s", steps.items[i].seconds, 0);
        free(name);
    }
    migrator_steps_release(&steps);
}

static void migrate(struct rehearsal *r, enum migrator_action action,
                    enum rehearsed_revision revision)
{
    bool up = action == MIGRATOR_UPGRADE;
    const char *what = up ? "upgrade" : "downgrade", *to = rehearsal_revision(r, revision);
    const char *name = r->run->ground.migrator.definition->name;
    char *const *patterns = NULL;
    size_t pattern_count = expected_lines(r, up, &patterns);
    step_begin(r, "%s to %s with %s", what, to, name);
    struct check *success = step_check(r, what, NULL, "%s to %s succeeds", what, to);
    struct check *in_time = NULL, *logged = NULL;
    if (up)
        in_time = step_check(r, r->at_scale ? "time-limit-at-scale" : "time-limit", NULL,
                             "%s to %s ends within %g s", what, to, r->run->ground.time_limit);
    if (pattern_count)
        logged = step_check(r, "log", NULL, "%s to %s logs its steps", what, to);
    if (!step_runs(r))
        return;
    struct attempt a;
    if (up)
        way_back_over(r);
    run_to_success(r, action, to, success, &a);
    if (!up && a.well)
        way_back_gone(r);
    const struct process_result *p = &a.result.process;
    if (in_time && (a.well || p->ending == PROCESS_TIMED_OUT))
        judge_time(r, in_time, p->seconds);
    if (logged && a.well)
        judge_log(r, logged, &a, patterns, pattern_count);
    step_measure_as(r, up ? MEASURE_UPGRADE : MEASURE_DOWNGRADE, p->seconds,
                    up ? r->run->ground.time_limit : 0);
    measure_steps(r, &a.result);
    attempt_release(&a);
}

void upgrade(struct rehearsal *r, enum rehearsed_revision revision)
{
    migrate(r, MIGRATOR_UPGRADE, revision);
}

void downgrade(struct rehearsal *r, enum rehearsed_revision revision)
{
    if (r->run->ground.no_way_back)
        rehearsal_lacks(r, "%s", r->run->ground.no_way_back);
    migrate(r, MIGRATOR_DOWNGRADE, revision);
}

/* A refusal is graceful when it is the migrator's own: an exit status and a message. */
static void judge_second_run(struct rehearsal *r, struct check *c, const struct attempt *a)
{
    const struct process_result *p = &a->result.process;
    const char *ran = r->run->ground.migrator.definition->ran;
    const char *line = ran ? migrator_log_find(&a->result, ran) : NULL;
    char *ending = process_ending_text(p), *tail = attempt_tail(a);
    struct evidence evidence = {.expected = "nothing to do, or a refusal with a message",
                                .found = ending,
                                .detail = tail,
                                .remedy = "make the upgrade find that it has been done already"};
    if (p->ending != PROCESS_EXITED)
        check_finding(r, c, &evidence, "the second run %s", ending);
    else if (p->status != 0 && !*migrator_last_line(&a->result))
        check_finding(r, c, &evidence, "the second run %s without a word", ending);
    else if (p->status == 0 && line)
        check_finding(r, c, &evidence, "the second run ran a migration again: %s", line);
    else
        check_pass(r, c);
    free(tail);
    free(ending);
}

void upgrade_again(struct rehearsal *r, enum rehearsed_revision revision)
{
    const char *to = rehearsal_revision(r, revision);
    step_begin(r, "upgrade to %s a second time", to);
    struct check *c =
        step_check(r, "second-run", NULL, "a second upgrade is a no-op or fails gracefully");
    if (!step_runs(r))
        return;
    struct attempt a;
    struct error e = {0};
    bool tried = attempt_make(r, MIGRATOR_UPGRADE, to, "second-upgrade", &a, &e);
    c->seconds = a.result.process.seconds;
    if (tried)
        judge_second_run(r, c, &a);
    else
        check_error(r, c, &e);
    step_measure_as(r, MEASURE_SECOND_UPGRADE, c->seconds, 0);
    attempt_release(&a);
}
