#include "rehearsal/fault.h"

#include "base/memory.h"
#include "base/text.h"
#include "rehearsal/attempt.h"

static void release(struct rehearsal *r, void *state)
{
    struct fault_state *s = state;
    (void)r;
    connection_close(&s->holder);
    free(s->not_refused);
}

static const struct slot_kind kind = {sizeof(struct fault_state), release};

struct fault_state *fault_state(struct rehearsal *r)
{
    return slot_single(r, &kind);
}

const char *fault_name(const struct rehearsal *r, const char *name)
{
    if (name)
        return name;
    return r->subject ? r->subject : "none that the suite declares";
}

const struct suite_fault *fault_find(struct rehearsal *r, const char *name)
{
    static const struct suite_fault none = {0};
    const struct suite_fault *f = suite_find_fault(r->run->ground.suite, name);
    if (!f)
        rehearsal_lacks_declaration(r, "suite %s declares no fault '%s'",
                                    r->run->ground.suite->name, name);
    return f ? f : &none;
}

char *fault_requirements(const struct suite_fault *f)
{
    struct text t = {0};
    for (unsigned i = 0; i < f->requirement_count; i++)
        text_append_format(&t, "%s%s", i ? " " : "", f->requirements[i]);
    return text_detach(&t);
}

bool fault_can_stamp(struct rehearsal *r)
{
    const struct suite_migrator *m = r->run->ground.migrator.definition;
    if (m && !m->stamp)
        rehearsal_lacks(r, "migrator %s has no stamp command in suite.yaml", m->name);
    return m && m->stamp;
}

/* A part of what makes or repairs the fault: where it fails, nothing can be said of the upgrade. */
static bool act_stamp(struct rehearsal *r, const char *revision, struct error *e)
{
    struct attempt a;
    bool tried = attempt_make(r, MIGRATOR_STAMP, revision, "stamp", &a, e);
    if (tried && !a.well) {
        char *ending = process_ending_text(&a.result.process);
        error_set(e, ERROR_UNAVAILABLE, "the stamp with %s %s: %s", revision, ending,
                  attempt_complaint(&a));
        free(ending);
    }
    bool good = tried && a.well;
    attempt_release(&a);
    return good;
}

/* SQL that has to fail with the given SQLSTATE, since what such a failure leaves is the fault. */
static bool run_to_failure(struct rehearsal *r, const struct suite_action *a, struct error *e)
{
    struct error failure = {0};
    if (connection_run(&r->connection, a->sql, &failure))
        return error_set(e, ERROR_USAGE,
                         "the suite expects this to fail with %s, but it did not: %s", a->fails,
                         a->sql);
    if (strcmp(failure.sqlstate, a->fails) != 0)
        return error_take(e, &failure);
    return true;
}

static bool hold(struct rehearsal *r, const char *sql, struct error *e)
{
    struct connection *holder = &fault_state(r)->holder;
    return (holder->pg || connection_open(holder, r->url, r->run->ground.cancel, e)) &&
           connection_run(holder, "BEGIN", e) && connection_run(holder, sql, e);
}

static bool act(struct rehearsal *r, const struct suite_action *a, struct error *e)
{
    if (a->stamp)
        return act_stamp(r, a->stamp, e);
    if (a->hold)
        return hold(r, a->hold, e);
    if (a->release)
        connection_close(&fault_state(r)->holder);
    else if (a->fails)
        return run_to_failure(r, a, e);
    else
        return connection_run(&r->connection, a->sql, e);
    return true;
}

bool fault_act(struct rehearsal *r, const struct suite_action *actions, unsigned count,
               struct error *e)
{
    for (unsigned i = 0; i < count; i++)
        if (!act(r, &actions[i], e))
            return false;
    return true;
}

char *fault_identity(struct rehearsal *r, const char *relation, struct error *e)
{
    return connection_value(
        &r->connection,
        "SELECT coalesce((SELECT format('oid %s, file %s', oid, pg_relation_filenode(oid)) "
        "FROM pg_class WHERE oid = to_regclass($1)), '')",
        1, &relation, e);
}
