#include "production/certificates/checklist.h"

#include "base/memory.h"
#include "base/text.h"

struct tally {
    size_t checks, passed;
};

static bool is_among(char *const *names, size_t count, const char *name)
{
    size_t i = 0;
    while (i < count && (!name || strcmp(names[i], name) != 0))
        i++;
    return i < count;
}

/* Whether the title of a step begins as one that the line names (`step`; NULL: any of them). */
static bool is_step(const struct suite_checklist_line *line, const char *step, const char *title)
{
    bool found = !step && line->step_count == 0;
    for (unsigned i = 0; !step && i < line->step_count && !found; i++)
        found = strncmp(title, line->steps[i], strlen(line->steps[i])) == 0;
    return found || (step && strncmp(title, step, strlen(step)) == 0);
}

/* The checks of `kind` (NULL: of any that the line names) in `scenario` and `step` (likewise). */
static struct tally count(const struct suite_checklist_line *line, const struct run_record *r,
                          const char *kind, const char *scenario, const char *step)
{
    struct tally t = {0};
    for (size_t i = 0; i < r->scenario_count; i++) {
        const struct scenario_record *s = &r->scenarios[i];
        if (scenario
                ? strcmp(s->name, scenario) != 0
                : line->scenario_count && !is_among(line->scenarios, line->scenario_count, s->name))
            continue;
        for (size_t j = 0; j < s->step_count; j++)
            for (size_t k = 0;
                 is_step(line, step, s->steps[j].title) && k < s->steps[j].check_count; k++) {
                const struct check *c = &s->steps[j].checks[k];
                if (kind ? !c->kind || strcmp(c->kind, kind) != 0
                         : line->check_count && !is_among(line->checks, line->check_count, c->kind))
                    continue;
                t.checks++;
                t.passed += c->outcome == OUTCOME_PASSED;
            }
    }
    return t;
}

/* The names of what the line asks for and the run did not have, to be freed; NULL: all there. */
static char *find_missing(const struct suite_checklist_line *line, const struct run_record *r)
{
    struct text missing = {0};
    for (unsigned i = 0; i < line->scenario_count; i++)
        if (count(line, r, NULL, line->scenarios[i], NULL).checks == 0)
            text_append_format(&missing, "%s%s", missing.length ? ", " : "", line->scenarios[i]);
    for (unsigned i = 0; i < line->check_count; i++)
        if (count(line, r, line->checks[i], NULL, NULL).checks == 0)
            text_append_format(&missing, "%s%s", missing.length ? ", " : "", line->checks[i]);
    for (unsigned i = 0; i < line->step_count; i++)
        if (count(line, r, NULL, NULL, line->steps[i]).checks == 0)
            text_append_format(&missing, "%s%s", missing.length ? ", " : "", line->steps[i]);
    return missing.length ? text_detach(&missing) : NULL;
}

struct checklist_line checklist_judge(const struct suite_checklist_line *line,
                                      const struct run_record *r)
{
    struct checklist_line judged = {.part = memory_copy_of(line->part),
                                    .text = memory_copy_of(line->text),
                                    .state = CHECKLIST_PERSON};
    struct tally t = count(line, r, NULL, NULL, NULL);
    char *missing = find_missing(line, r);
    if (!line->check_count && !line->scenario_count) {
        judged.note = memory_copy_of(line->note);
    } else if (t.passed < t.checks) {
        judged.state = CHECKLIST_FAILED;
        judged.note =
            memory_format("%zu of %zu checks did not pass", t.checks - t.passed, t.checks);
    } else if (missing) {
        judged.note = memory_format("not rehearsed in this run: %s", missing);
    } else {
        judged.state = line->on_copy ? CHECKLIST_REHEARSED : CHECKLIST_DONE;
        judged.note = memory_format("%s%zu check%s passed", line->on_copy ? "on the copy: " : "",
                                    t.checks, t.checks == 1 ? "" : "s");
    }
    free(missing);
    return judged;
}

void checklist_line_release(struct checklist_line *line)
{
    free(line->part);
    free(line->text);
    free(line->note);
    *line = (struct checklist_line){0};
}

const char *checklist_state_name(enum checklist_state state)
{
    static const char *const names[] = {[CHECKLIST_DONE] = "done",
                                        [CHECKLIST_REHEARSED] = "rehearsed",
                                        [CHECKLIST_FAILED] = "failed",
                                        [CHECKLIST_PERSON] = "person"};
    return names[state];
}
