/* expect_current and expect_history: what the migrator itself says of where the database is. */
#include "base/memory.h"
#include "base/text.h"
#include "rehearsal/question.h"

/* Calls `see` with each line of standard output; it may change the line. */
static bool any_line(const struct migrator_result *result,
                     bool (*see)(char *line, const void *context), const void *context)
{
    char *output = memory_copy_of(text_string(&result->process.output)), *rest = output, *line;
    bool found = false;
    while (!found && (line = strsep(&rest, "\n")))
        found = see(line, context);
    free(output);
    return found;
}

/* Not every migrator answers; and before the first revision there is none that it could name. */
static bool can_be_asked(const struct rehearsal *r, enum migrator_action action,
                         const char *expected)
{
    const struct ground *g = &r->run->ground;
    const struct suite_migrator *m = g->migrator.definition;
    bool has_command = action == MIGRATOR_CURRENT ? m->current != NULL : m->history != NULL;
    return has_command && !(g->is_project && strcmp(expected, ground_base(g)) == 0);
}

/* Migrators say it in their own way, which their profile describes. */
static bool names_revision(const struct migrator *m, const struct migrator_result *result,
                           const char *expected)
{
    if (!m->definition->current_line)
        return migrator_names_revision(result, expected);
    char *found = migrator_current_of(m, text_string(&result->process.output));
    bool same = strcmp(found, expected) == 0;
    free(found);
    return same || migrator_names_revision(result, expected);
}

void expect_current(struct rehearsal *r, enum rehearsed_revision revision)
{
    const char *expected = rehearsal_revision(r, revision);
    if (!can_be_asked(r, MIGRATOR_CURRENT, expected))
        return;
    step_begin(r, "expect revision %s", expected);
    struct check *c = step_check(r, "current", NULL, "the migrator reports revision %s", expected);
    if (!step_runs(r))
        return;
    struct migrator_result result = {0};
    if (question_ask(r, MIGRATOR_CURRENT, "current", c, &result)) {
        if (names_revision(&r->run->ground.migrator, &result, expected)) {
            check_pass(r, c);
        } else {
            char *found = text_one_line(text_string(&result.process.output));
            struct evidence evidence = {
                .expected = expected,
                .found = found,
                .remedy = "make the migration write its version row in its own transaction"};
            check_finding(r, c, &evidence, "the migrator reports revision '%s' instead of %s",
                          found, expected);
            free(found);
        }
    }
    migrator_result_release(&result);
}

struct link {
    char parent[128], child[128];
};

/* "005 -> 002 (head), message", as Alembic writes it. */
static bool is_link(char *line, const void *context)
{
    const struct link *wanted = context;
    struct link found;
    if (sscanf(line, "%127s -> %127[^ ,(]", found.parent, found.child) != 2)
        return false;
    return strcmp(found.parent, wanted->parent) == 0 && strcmp(found.child, wanted->child) == 0;
}

void expect_history(struct rehearsal *r)
{
    const char *from = rehearsal_revision(r, BASELINE), *to = rehearsal_revision(r, TARGET);
    if (r->run->ground.is_project || !can_be_asked(r, MIGRATOR_HISTORY, from))
        return; /* of a project the revisions were read from its files */
    step_begin(r, "expect the history to lead from %s to %s", from, to);
    struct check *c = step_check(r, "history", NULL, "the history contains %s -> %s", from, to);
    if (!step_runs(r))
        return;
    struct link wanted;
    snprintf(wanted.parent, sizeof wanted.parent, "%s", from);
    snprintf(wanted.child, sizeof wanted.child, "%s", to);
    struct migrator_result result = {0};
    if (question_ask(r, MIGRATOR_HISTORY, "history", c, &result)) {
        if (any_line(&result, is_link, &wanted)) {
            check_pass(r, c);
        } else {
            struct evidence evidence = {.found = text_string(&result.process.output),
                                        .remedy = "give the target revision its right parent"};
            check_finding(r, c, &evidence, "the history does not lead from %s to %s", from, to);
        }
    }
    migrator_result_release(&result);
}
