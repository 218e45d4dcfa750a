/* expect_delta, expect_schema_as and expect_changed: what changed in the schema, against what
 * should have. */
#include <errno.h>

#include "base/memory.h"
#include "base/text.h"
#include "rehearsal/preserved.h"
#include "rehearsal/schema_judgement.h"
#include "rehearsal/undeclared.h"
#include "rehearsal/undeclared_rows.h"
#include "rehearsal/way_back.h"
#include "schema/delta.h"

/* --approve: what changed becomes the suite's approved delta; a person reads it in review. */
static bool write_approved(struct rehearsal *r, const char *since, const char *path,
                           struct error *e)
{
    struct delta delta = {0};
    struct delta_differences ignored = {0};
    struct text lines = {0};
    bool good = schema_differences(r, since, NULL, &delta, &ignored, e);
    if (good) {
        delta_render(&delta, &lines);
        FILE *file = fopen(path, "we");
        good = file && fputs(text_string(&lines), file) >= 0;
        if (file)
            good = fclose(file) == 0 && good;
        if (!good)
            error_set(e, ERROR_UNAVAILABLE, "%s: cannot be written: %s", path, strerror(errno));
    }
    text_release(&lines);
    delta_differences_release(&ignored);
    delta_release(&delta);
    return good;
}

static void approve(struct rehearsal *r, struct check *c, const char *since, const char *path)
{
    struct error e = {0};
    if (write_approved(r, since, path, &e))
        check_pass(r, c);
    else
        check_error(r, c, &e);
}

void expect_delta(struct rehearsal *r, const char *since)
{
    const struct suite *suite = r->run->ground.suite;
    if (!suite->delta && r->run->ground.is_project) {
        judge_undeclared_change(r, since);
        return;
    }
    step_begin(r, "expect exactly the approved changes of the schema");
    struct check *c =
        step_check(r, "delta", NULL, "the schema changed exactly as approved since '%s'", since);
    if (!step_runs(r))
        return;
    struct error e = {0};
    struct approved_delta approved = {0};
    char *path = suite->delta ? suite_path(suite, suite->delta) : NULL;
    if (!path)
        error_set(&e, ERROR_USAGE,
                  "suite %s names no approved delta; add `delta: expected/upgrade.delta` to its "
                  "suite.yaml, then run with --approve",
                  suite->name);
    if (path && r->run->approve)
        approve(r, c, since, path);
    else if (!path || !delta_read_approved(path, &approved, &e))
        check_error(r, c, &e);
    else
        schema_judge(r, c, since, "fix the migration; if the change is intended: --approve",
                     &approved);
    approved_delta_release(&approved);
    free(path);
}

void expect_schema_as(struct rehearsal *r, const char *then)
{
    step_begin(r, "expect the schema to be as '%s'", then);
    struct check *c =
        step_check(r, "schema-restored", NULL, "every object of the schema is as '%s'", then);
    if (step_runs(r))
        schema_judge(r, c, then, "make the downgrade undo exactly what the upgrade did", NULL);
}

/* Whether the rows of a preserved table, or of any where none is named, are other than they were.
 */
static bool have_rows_changed(struct rehearsal *r, const struct remembered *m, struct error *e)
{
    bool changed = false;
    if (m->copy)
        return undeclared_rows_differ(r, m, &r->connection, e);
    for (size_t i = 0; !changed && i < m->fingerprint_count; i++) {
        struct fingerprint again = {0};
        struct fingerprint_difference difference = {0};
        if (!fingerprint_take_again(&r->connection, &m->fingerprints[i], &again, e))
            return false;
        fingerprint_compare(&m->fingerprints[i], &again, &difference);
        changed = difference.differs;
        fingerprint_difference_release(&difference);
        fingerprint_release(&again);
    }
    return changed;
}

static bool has_changed(struct rehearsal *r, const struct remembered *m, struct error *e)
{
    struct snapshot now = {0};
    if (!preserved_snapshot(r, &now, e))
        return false;
    bool changed = !snapshot_equal(&m->snapshot, &now);
    snapshot_release(&now);
    return changed || have_rows_changed(r, m, e);
}

/*
 * Whether there was something to undo: the upgrade of a project may only recreate an index, fill
 * what was NULL, or make an extension, which may stay. Of a suite it is known to do something.
 */
static bool was_something_done(struct rehearsal *r, const struct remembered *m, struct error *e)
{
    const struct remembered *before = m->before;
    return !before || !before->copy || schema_needs_undoing(&before->snapshot, &m->snapshot) ||
           undeclared_rows_can_be_undone(r, before, &m->copy->connection, e);
}

void expect_changed(struct rehearsal *r, const char *since)
{
    step_begin(r, "expect the downgrade to have undone something");
    struct check *c = step_check(r, "undone", NULL, "schema or rows differ from '%s'", since);
    if (!step_runs(r))
        return;
    struct error e = {0};
    const struct remembered *m = remembered_find(r, since, &e);
    bool changed = m && (!was_something_done(r, m, &e) || has_changed(r, m, &e));
    struct evidence evidence = {.expected = "a different schema, or different rows",
                                .found = "no change at all",
                                .remedy = "write the downgrade: undo each step of the upgrade"};
    if (e.kind != ERROR_NONE) {
        check_error(r, c, &e);
    } else if (changed) {
        check_pass(r, c);
    } else {
        way_back_blame(r, SIGN_UNDID_NOTHING, &evidence);
        check_finding(r, c, &evidence,
                      "the downgrade undid nothing: schema and rows are unchanged since '%s'",
                      since);
    }
}
