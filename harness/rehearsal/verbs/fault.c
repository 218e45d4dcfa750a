/* plant, apply_remedy, stamp, expect_left_in_place: something is wrong with the database, and
 * repaired. */
#include "rehearsal/fault.h"
#include "base/memory.h"
#include "rehearsal/attempt.h"

/* A relation that the upgrade has to leave as it is, by its name. */
struct kept_relation {
    char *identity; /* its oid and its file, when it was planted */
};

static void release_kept(struct rehearsal *r, void *state)
{
    struct kept_relation *kept = state;
    (void)r;
    free(kept->identity);
}

static const struct slot_kind kept_relation = {sizeof(struct kept_relation), release_kept};

/* Notes what the upgrade has to leave as it is. */
static bool note_kept(struct rehearsal *r, const struct suite_fault *f, struct error *e)
{
    for (unsigned i = 0; i < f->keep_count; i++) {
        char *identity = fault_identity(r, f->keeps[i], e);
        if (!identity)
            return false;
        struct kept_relation *kept = slot_make(r, &kept_relation, f->keeps[i]);
        kept->identity = identity;
        if (!*identity)
            return error_set(e, ERROR_USAGE,
                             "fault %s keeps %s, but planting it did not create that", f->name,
                             f->keeps[i]);
    }
    return true;
}

static bool stamps(const struct suite_action *actions, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (actions[i].stamp)
            return true;
    return false;
}

void plant(struct rehearsal *r, const char *fault)
{
    fault = fault_name(r, fault);
    const struct suite_fault *f = fault_find(r, fault);
    if (stamps(f->plant, f->plant_count))
        fault_can_stamp(r);
    step_begin(r, "plant: %s", fault);
    struct check *c = step_check(r, "planted", NULL, "the database has %s", fault);
    if (!step_runs(r))
        return;
    struct error e = {0};
    if (fault_act(r, f->plant, f->plant_count, &e) && note_kept(r, f, &e)) {
        check_pass(r, c);
        return;
    }
    error_prefix(&e, "cannot plant %s", fault);
    check_error(r, c, &e);
}

/* There is nothing to repair then. */
static void latch_if_not_refused(struct rehearsal *r)
{
    if (step_runs(r) && fault_state(r)->not_refused)
        rehearsal_latch(r, "not run: %s", fault_state(r)->not_refused);
}

static void mend(struct rehearsal *r, const char *fault, const struct suite_action *actions,
                 unsigned count)
{
    step_begin(r, "apply the remedy for %s", fault);
    struct check *c = step_check(r, "remedy", NULL, "the remedy for %s can be applied", fault);
    latch_if_not_refused(r);
    if (!step_runs(r))
        return;
    struct error e = {0};
    if (fault_act(r, actions, count, &e)) {
        check_pass(r, c);
        return;
    }
    error_prefix(&e, "the remedy for %s failed", fault);
    check_error(r, c, &e);
}

/* What comes after a stamp that failed would fail for that. */
static void judge_stamp(struct rehearsal *r, struct check *c, const char *to,
                        const struct attempt *a)
{
    if (a->well) {
        check_pass(r, c);
        return;
    }
    char *ending = attempt_ending(r, a);
    attempt_finding(r, c, a, &(struct evidence){0}, "the stamp with %s %s", to, ending);
    rehearsal_latch(r, "not run: the stamp with %s failed", to);
    free(ending);
}

static void stamp_with(struct rehearsal *r, const char *to)
{
    fault_can_stamp(r);
    step_begin(r, "stamp with %s", to);
    struct check *c = step_check(r, "stamp", NULL, "the migrator stamps the database with %s", to);
    latch_if_not_refused(r);
    if (!step_runs(r))
        return;
    struct attempt a;
    struct error e = {0};
    if (attempt_make(r, MIGRATOR_STAMP, to, "stamp", &a, &e))
        judge_stamp(r, c, to, &a);
    else
        check_error(r, c, &e);
    attempt_release(&a);
}

void stamp(struct rehearsal *r, enum rehearsed_revision revision)
{
    stamp_with(r, rehearsal_revision(r, revision));
}

/* A stamp of the remedy is the migrator's work and not ours: where it fails, that is a finding. */
void apply_remedy(struct rehearsal *r, const char *fault)
{
    fault = fault_name(r, fault);
    const struct suite_fault *f = fault_find(r, fault);
    if (suite_fault_shape(f) == FAULT_MADE_BEFOREHAND)
        return;
    for (unsigned i = 0, end; i < f->remedy_count; i = end) {
        end = i;
        while (end < f->remedy_count && !f->remedy[end].stamp)
            end++;
        if (end > i) {
            mend(r, fault, &f->remedy[i], end - i);
            continue;
        }
        stamp_with(r, f->remedy[i].stamp);
        if (strcmp(f->remedy[i].stamp, rehearsal_revision(r, BASELINE)) == 0)
            expect_current(r, BASELINE);
        end++;
    }
}

void expect_left_in_place(struct rehearsal *r, const char *fault)
{
    fault = fault_name(r, fault);
    const struct suite_fault *f = fault_find(r, fault);
    step_begin(r, "expect the upgrade to have left %s in place", fault);
    struct check **checks = memory_zeroed(f->keep_count, sizeof *checks);
    for (unsigned i = 0; i < f->keep_count; i++)
        checks[i] =
            step_check(r, "left-in-place", NULL, "%s is still the original object", f->keeps[i]);
    for (unsigned i = 0; i < f->keep_count && step_runs(r); i++) {
        struct error e = {0};
        const struct kept_relation *kept = slot_get(r, &kept_relation, f->keeps[i]);
        const char *then = kept ? kept->identity : NULL;
        char *now = fault_identity(r, f->keeps[i], &e);
        if (now && !then)
            error_set(&e, ERROR_USAGE, "the scenario never planted %s", fault);
        struct evidence evidence = {
            .expected = then, .found = now, .remedy = "leave what already exists as required"};
        if (e.kind != ERROR_NONE)
            check_error(r, checks[i], &e);
        else if (fault_state(r)->kept_is_gone || strcmp(now, then) == 0)
            check_pass(r, checks[i]);
        else
            check_finding(r, checks[i], &evidence, "%s %s by the upgrade: %s then, %s now",
                          f->keeps[i], *now ? "was recreated" : "was removed", then,
                          *now ? now : "nothing");
        free(now);
    }
    free(checks);
}
