/* expect_delta, expect_schema_as and expect_changed: what changed in the schema, against what
 * should have. */
#include <errno.h>

#include "base/memory.h"
#include "base/text.h"
#include "rehearsal/preserved.h"
#include "rehearsal/undeclared.h"
#include "schema/delta.h"

static const size_t most_told = 12; /* differences in the one line of a finding */

/* The differences between then and now that `approved` does not account for. */
static bool find_differences(struct rehearsal *r, const char *since,
                             const struct approved_delta *approved, struct delta *delta,
                             struct delta_differences *differences, struct error *e)
{
    const struct remembered *then = rehearsal_recall(r, since, e);
    struct snapshot now = {0};
    if (!then || !preserved_snapshot(r, &now, e))
        return false;
    delta_compute(&then->snapshot, &now, delta);
    delta_compare(delta, approved, differences);
    snapshot_release(&now);
    return true;
}

static void tell_differences(struct rehearsal *r, struct check *c, const char *remedy,
                             const struct delta_differences *d)
{
    struct text message = {0}, expected = {0}, found = {0};
    for (size_t i = 0; i < d->count; i++) {
        const struct delta_difference *item = &d->items[i];
        if (i < most_told)
            text_append_format(&message, "%s%s", i ? "; " : "", item->message);
        if (item->expected)
            text_append_format(&expected, "%s\n", item->expected);
        if (item->found)
            text_append_format(&found, "%s\n", item->found);
    }
    if (d->count > most_told)
        text_append_format(&message, "; and %zu more", d->count - most_told);
    struct evidence evidence = {
        .remedy = remedy, .expected = text_string(&expected), .found = text_string(&found)};
    check_finding(r, c, &evidence, "%s", text_string(&message));
    text_release(&message);
    text_release(&expected);
    text_release(&found);
}

static void judge(struct rehearsal *r, struct check *c, const char *since, const char *remedy,
                  const struct approved_delta *approved)
{
    struct error e = {0};
    struct delta delta = {0};
    struct delta_differences differences = {0};
    if (!find_differences(r, since, approved, &delta, &differences, &e))
        check_error(r, c, &e);
    else if (differences.count == 0)
        check_pass(r, c);
    else
        tell_differences(r, c, remedy, &differences);
    delta_differences_release(&differences);
    delta_release(&delta);
}

/* --approve: what changed becomes the suite's approved delta; a person reads it in review. */
static bool write_approved(struct rehearsal *r, const char *since, const char *path,
                           struct error *e)
{
    struct delta delta = {0};
    struct delta_differences ignored = {0};
    struct text lines = {0};
    bool good = find_differences(r, since, NULL, &delta, &ignored, e);
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
    struct check *c = step_check(r, "delta", NULL,
                                 "the schema changed as approved since '%s', "
                                 "and in nothing else",
                                 since);
    if (!step_runs(r))
        return;
    struct error e = {0};
    struct approved_delta approved = {0};
    char *path = suite->delta ? suite_path(suite, suite->delta) : NULL;
    if (!path)
        error_set(&e, ERROR_USAGE, "suite %s names no approved delta; write one with --approve",
                  suite->name);
    if (path && r->run->approve)
        approve(r, c, since, path);
    else if (!path || !delta_read_approved(path, &approved, &e))
        check_error(r, c, &e);
    else
        judge(r, c, since, "mend the migration, or approve the change with --approve", &approved);
    approved_delta_release(&approved);
    free(path);
}

void expect_schema_as(struct rehearsal *r, const char *then)
{
    step_begin(r, "expect the schema to be as '%s'", then);
    struct check *c =
        step_check(r, "schema-restored", NULL, "every object of the schema is as '%s'", then);
    if (step_runs(r))
        judge(r, c, then, "make the downgrade bring it back exactly", NULL);
}

/* Whether the schema, or the rows of a preserved table, are other than they were. */
static bool has_changed(struct rehearsal *r, const struct remembered *m, struct error *e)
{
    struct snapshot now = {0};
    if (!preserved_snapshot(r, &now, e))
        return false;
    bool changed = !snapshot_equal(&m->snapshot, &now);
    snapshot_release(&now);
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

/* Whether there was something to undo: an upgrade that only makes an index anew changes nothing. */
static bool was_something_done(const struct rehearsal *r, const struct remembered *m)
{
    const struct remembered *before = m > r->remembered ? m - 1 : NULL;
    if (!r->run->ground.is_project || !before || !snapshot_equal(&before->snapshot, &m->snapshot) ||
        before->fingerprint_count != m->fingerprint_count)
        return true;
    for (size_t i = 0; i < m->fingerprint_count; i++)
        if (!fingerprint_equal(&before->fingerprints[i], &m->fingerprints[i]))
            return true;
    return false;
}

void expect_changed(struct rehearsal *r, const char *since)
{
    step_begin(r, "expect the downgrade to have undone something");
    struct check *c = step_check(r, "undone", NULL, "schema or rows are other than '%s'", since);
    if (!step_runs(r))
        return;
    struct error e = {0};
    const struct remembered *m = rehearsal_recall(r, since, &e);
    bool changed = m && (!was_something_done(r, m) || has_changed(r, m, &e));
    struct evidence evidence = {.expected = "another schema, or other rows",
                                .found = "no change at all",
                                .remedy = "write the downgrade: each step of the upgrade, undone"};
    if (e.kind != ERROR_NONE)
        check_error(r, c, &e);
    else if (changed)
        check_pass(r, c);
    else
        check_finding(r, c, &evidence, "the downgrade undid nothing: all is as '%s' still", since);
}
