/* expect_rows_as, expect_untouched, expect_rolled_back: what became of the rows, if anything. */
#include "base/memory.h"
#include "base/text.h"
#include "rehearsal/preserved.h"
#include "rehearsal/undeclared_rows.h"
#include "rehearsal/way_back.h"
#include "schema/delta.h"

static void compare_table(struct rehearsal *r, struct check *c, const struct fingerprint *before)
{
    struct error e = {0};
    struct fingerprint now = {0};
    struct fingerprint_difference difference = {0};
    if (!fingerprint_take_again(&r->connection, before, &now, &e)) {
        check_error(r, c, &e);
        fingerprint_release(&now);
        return;
    }
    fingerprint_compare(before, &now, &difference);
    if (!difference.differs) {
        check_pass(r, c);
    } else {
        char *message = fingerprint_difference_text(before, &now, &difference);
        char *expected = memory_format("%llu unchanged rows", (unsigned long long)before->rows);
        char *found = memory_format("%llu rows", (unsigned long long)now.rows);
        struct evidence evidence = {.expected = expected,
                                    .found = found,
                                    .remedy = "keep every row as it is; restore lost ones from "
                                              "the backup"};
        way_back_blame(r, SIGN_ROWS_DIFFER, &evidence);
        check_finding(r, c, &evidence, "%s", message);
        free(found);
        free(expected);
        free(message);
    }
    fingerprint_difference_release(&difference);
    fingerprint_release(&now);
}

void expect_rows_as(struct rehearsal *r, const char *then)
{
    const struct suite *suite = r->run->ground.suite;
    step_begin(r, "expect the rows to be as '%s'", then);
    if (!preserved_are_named(r)) {
        judge_undeclared_rows(r, then);
        return;
    }
    struct check **checks = memory_zeroed(suite->preserved_table_count, sizeof *checks);
    for (unsigned i = 0; i < suite->preserved_table_count; i++)
        checks[i] = step_check(r, "rows-kept", NULL, "every row of %s is as '%s'",
                               suite->preserved_tables[i], then);
    struct error e = {0};
    const struct remembered *m = step_runs(r) ? remembered_find(r, then, &e) : NULL;
    if (step_runs(r) && !m)
        check_error(r, checks[0], &e);
    for (unsigned i = 0; m && i < suite->preserved_table_count && step_runs(r); i++)
        compare_table(r, checks[i], &m->fingerprints[i]);
    free(checks);
}

static void compare_schema(struct rehearsal *r, struct check *c, const struct remembered *m)
{
    struct error e = {0};
    struct snapshot now = {0};
    struct delta delta = {0};
    struct text lines = {0};
    if (!preserved_snapshot(r, &now, &e)) {
        check_error(r, c, &e);
        return;
    }
    delta_compute(&m->snapshot, &now, &delta);
    if (delta_count_shown(&delta) == 0) {
        check_pass(r, c);
    } else {
        delta_render(&delta, &lines);
        struct evidence evidence = {.expected = "no change", .found = text_string(&lines)};
        check_finding(r, c, &evidence, "the schema changed: %.*s",
                      (int)strcspn(text_string(&lines), "\n"), text_string(&lines));
    }
    text_release(&lines);
    delta_release(&delta);
    snapshot_release(&now);
}

static void tell_written(struct rehearsal *r, struct check *c,
                         const struct row_version_changes *changes)
{
    struct text lines = {0};
    for (size_t i = 0; i < changes->count; i++)
        text_append_format(&lines, "%s%s", i ? "\n" : "", changes->lines[i]);
    struct evidence evidence = {
        .expected = "not one row written",
        .found = text_string(&lines),
        .remedy = "find the statement that writes it; remove it, or roll it back"};
    check_finding(r, c, &evidence, "%s", text_string(&lines));
    text_release(&lines);
}

static void compare_versions(struct rehearsal *r, struct check *c, const struct remembered *m)
{
    struct error e = {0};
    struct row_versions now = {0};
    struct row_version_changes changes = {0};
    if (!preserved_versions(r, &m->versions, &now, &e)) {
        check_error(r, c, &e);
        return;
    }
    row_versions_compare(&m->versions, &now, &changes);
    if (changes.count == 0)
        check_pass(r, c);
    else
        tell_written(r, c, &changes);
    row_version_changes_release(&changes);
    row_versions_release(&now);
}

static void judge_untouched(struct rehearsal *r, const char *kind, const char *since)
{
    struct check *schema = step_check(r, kind, NULL, "no object changed since '%s'", since);
    struct check *versions =
        step_check(r, kind, NULL, "no row, sequence or version of a row changed since '%s'", since);
    if (!step_runs(r))
        return;
    struct error e = {0};
    const struct remembered *m = remembered_find(r, since, &e);
    if (!m) {
        check_error(r, schema, &e);
        return;
    }
    compare_schema(r, schema, m);
    if (step_runs(r))
        compare_versions(r, versions, m);
}

void expect_untouched(struct rehearsal *r, const char *since)
{
    step_begin(r, "expect nothing to be written since '%s'", since);
    judge_untouched(r, "untouched", since);
}

void expect_rolled_back(struct rehearsal *r, const char *since)
{
    step_begin(r, "expect nothing to be left of the upgrade that failed since '%s'", since);
    judge_untouched(r, "rolled-back", since);
}
