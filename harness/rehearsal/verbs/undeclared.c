/* judge_undeclared_change: what changed, where no delta is declared. */
#include "rehearsal/undeclared.h"

#include "base/memory.h"
#include "base/text.h"
#include "rehearsal/approved_revision.h"
#include "rehearsal/schema_judgement.h"

/* What changed, for the report: nobody has said what may change. */
static void show_change(struct rehearsal *r, struct check *c, const char *since)
{
    struct error e = {0};
    struct delta delta = {0};
    struct delta_differences ignored = {0};
    struct text lines = {0};
    if (schema_differences(r, since, NULL, &delta, &ignored, &e)) {
        step_measure_as(r, MEASURE_CHANGED_FACTS, (double)delta_count_shown(&delta), 0);
        delta_render(&delta, &lines);
        c->found = text_detach(&lines);
        check_pass(r, c);
    } else {
        check_error(r, c, &e);
    }
    delta_differences_release(&ignored);
    delta_release(&delta);
}

static void judge_change(struct rehearsal *r, struct check *c, const char *since,
                         const struct approved_revision *approved)
{
    if (approved->is_there && !r->run->approve) {
        schema_judge(r, c, since,
                     "fix the migration; if the change is intended, run once with --approve, read "
                     "the file that it writes, and commit it",
                     &approved->expectation.delta);
        return;
    }
    if (r->run->require_approved && !r->run->approve) {
        struct evidence evidence = {.remedy = "run once with --approve, read the file that it "
                                              "writes, and commit it"};
        check_finding(r, c, &evidence, "nobody has approved this revision: there is no %s",
                      approved->path);
        return;
    }
    show_change(r, c, since);
}

/* A revision without a way back among revisions that have one. */
static void judge_way_back(struct rehearsal *r, struct check *c,
                           const struct approved_revision *approved)
{
    const struct ground *g = &r->run->ground;
    struct evidence evidence = {.remedy =
                                    "write the downgrade; if there can be none, run once with "
                                    "--approve, read the file that it writes, and commit it"};
    if (!g->lacks_way_back || approved->expectation.no_way_back || r->run->approve)
        check_pass(r, c);
    else
        check_finding(r, c, &evidence, "%s, but other revisions have one", g->no_way_back);
}

void judge_undeclared_change(struct rehearsal *r, const char *since)
{
    const struct ground *g = &r->run->ground;
    step_begin(r, "see what changed in the schema since '%s'", since);
    struct check *change =
        step_check(r, "change", NULL, "the schema changed as approved, if that is approved");
    struct check *back = g->migrator.definition->downgrade
                             ? step_check(r, "way-back", NULL, "the revision can be undone")
                             : NULL;
    struct error e = {0};
    struct approved_revision approved = {0};
    if (!step_runs(r))
        return;
    if (!approved_revision_read(g->suite, &approved, &e)) {
        check_error(r, change, &e);
    } else {
        judge_change(r, change, since, &approved);
        if (back && step_runs(r))
            judge_way_back(r, back, &approved);
    }
    approved_revision_release(&approved);
}
