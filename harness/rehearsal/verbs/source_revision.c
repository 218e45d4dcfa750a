/* expect_on_the_way_to and bring_to: where the source is, and getting it to the baseline. */
#include "base/memory.h"
#include "base/text.h"
#include "rehearsal/attempt.h"
#include "rehearsal/certification.h"
#include "rehearsal/question.h"

static char *join(char *const *words, size_t count)
{
    struct text t = {0};
    for (size_t i = 0; i < count; i++)
        text_append_format(&t, "%s%s", i ? ", " : "", words[i]);
    return text_detach(&t);
}

/* The one revision that it is at; NULL, with the check concluded, if that is not one. */
static const char *only_one(struct rehearsal *r, struct check *c, char *const *found, size_t count,
                            const char *wanted)
{
    char *all = join(found, count);
    struct evidence evidence = {.expected = wanted, .found = all};
    if (count == 0) {
        evidence.remedy = "if its schema is the baseline's, stamp it with that revision; else "
                          "check that this is the right database";
        check_finding(r, c, &evidence, "the source has no revision: its migrator never ran");
    } else if (count > 1) {
        evidence.remedy = "merge the branches, or stamp the revision that the schema has";
        check_finding(r, c, &evidence, "the source is at %zu revisions at once: %s", count, all);
    }
    free(all);
    return count == 1 ? found[0] : NULL;
}

static void judge(struct rehearsal *r, struct check *c, const char *stands, const char *wanted)
{
    const struct revision_history *h = &r->run->certification->history;
    const char *target = rehearsal_revision(r, TARGET);
    struct evidence evidence = {.expected = wanted, .found = stands};
    if (strcmp(stands, wanted) == 0 || revision_history_leads(h, stands, wanted)) {
        if (strcmp(stands, wanted) != 0)
            certification_note(r->run, "the source is at %s: it is upgraded to %s first", stands,
                               wanted);
        check_pass(r, c);
    } else if (!revision_history_knows(h, stands, strlen(stands))) {
        evidence.remedy = "give the migrations that the source was made with (--migrations), or "
                          "stamp it with the revision that its schema has";
        check_finding(r, c, &evidence,
                      "the source is at revision %s, which is not among the migrations", stands);
    } else if (revision_history_leads(h, wanted, stands)) {
        evidence.remedy = "nothing is left to migrate; certify before the upgrade";
        check_finding(r, c, &evidence, "the source is already at revision %s, after %s", stands,
                      strcmp(stands, target) == 0 ? "the upgrade" : wanted);
    } else {
        evidence.remedy = "stamp it with the revision that its schema has";
        check_finding(r, c, &evidence, "the source is at revision %s, which does not lead to %s",
                      stands, wanted);
    }
}

void expect_on_the_way_to(struct rehearsal *r, enum rehearsed_revision revision)
{
    const char *wanted = rehearsal_revision(r, revision);
    step_begin(r, "expect the source to be at %s or before it", wanted);
    struct check *c =
        step_check(r, "source-revision", NULL, "the source is at %s or on the way to it", wanted);
    if (!step_runs(r))
        return;
    struct migrator_result history = {0}, current = {0};
    struct certification *certification = r->run->certification;
    if (question_ask(r, MIGRATOR_HISTORY, "history", c, &history)) {
        revision_history_read(&certification->history, text_string(&history.process.output));
        if (question_ask(r, MIGRATOR_CURRENT, "current", c, &current)) {
            size_t count = 0;
            char **found = revision_history_current(&certification->history,
                                                    text_string(&current.process.output), &count);
            const char *stands = only_one(r, c, found, count, wanted);
            if (stands) {
                certification->source.facts.revision = memory_copy_of(stands);
                judge(r, c, stands, wanted);
            }
            revision_list_free(found, count);
        }
    }
    if (c->outcome != OUTCOME_PASSED)
        rehearsal_latch(r, "not run: the source is not where the migration starts");
    migrator_result_release(&history);
    migrator_result_release(&current);
}

/* A database that says where it is, and has nothing of it, is found here and told so. */
static void check_tables(struct rehearsal *r, struct check *c, const char *revision)
{
    const struct suite *suite = r->run->ground.suite;
    struct text missing = {0};
    struct error e = {0};
    for (unsigned i = 0; i < suite->preserved_table_count && e.kind == ERROR_NONE; i++) {
        const char *table = suite->preserved_tables[i];
        char *there = connection_value(
            &r->connection, "SELECT to_regclass(quote_ident($1)) IS NOT NULL", 1, &table, &e);
        if (there && strcmp(there, "t") != 0)
            text_append_format(&missing, "%s%s", missing.length ? ", " : "", table);
        free(there);
    }
    struct evidence evidence = {.found = text_string(&missing),
                                .remedy = "check that this is the right database"};
    if (e.kind != ERROR_NONE) {
        check_error(r, c, &e);
    } else if (missing.length) {
        check_finding(r, c, &evidence, "at revision %s the copy has no table %s", revision,
                      text_string(&missing));
        rehearsal_latch(r, "not run: the copy has no table %s", text_string(&missing));
    } else {
        check_pass(r, c);
    }
    text_release(&missing);
}

static bool upgrade_there(struct rehearsal *r, struct check *c, const char *revision)
{
    struct attempt a;
    struct error e = {0};
    bool tried = attempt_make(r, MIGRATOR_UPGRADE, revision, "baseline", &a, &e), well = a.well;
    c->seconds = a.result.process.seconds;
    if (!tried) {
        check_error(r, c, &e);
    } else if (!well) {
        attempt_finding(
            r, c, &a,
            &(struct evidence){
                .remedy = "stamp the source if its schema is not that of the revision it reports"},
            "from %s the source cannot be brought to %s: %s",
            r->run->certification->source.facts.revision, revision, attempt_complaint(&a));
        rehearsal_latch(r, "not run: the source cannot be brought to %s", revision);
    }
    step_measure_as(r, MEASURE_BASELINE_UPGRADE, a.result.process.seconds, 0);
    attempt_release(&a);
    return well;
}

void bring_to(struct rehearsal *r, enum rehearsed_revision revision)
{
    const char *wanted = rehearsal_revision(r, revision);
    step_begin(r, "bring the copy to %s", wanted);
    struct check *c = step_check(r, "baseline", NULL, "the copy is at %s, with its tables", wanted);
    if (!step_runs(r))
        return;
    const char *stands = r->run->certification->source.facts.revision;
    if (strcmp(stands, wanted) == 0 || upgrade_there(r, c, wanted))
        check_tables(r, c, wanted);
}
