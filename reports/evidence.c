#include "reports/evidence.h"

#include "base/memory.h"
#include "base/valid_text.h"
#include "record/verdict.h"
#include "reports/figure.h"

size_t evidence_of(const struct check *c, struct report_evidence out[EVIDENCE_COUNT])
{
    const struct report_evidence all[EVIDENCE_COUNT] = {
        {"message", c->message, true},    {"remedy", c->remedy, true},
        {"expected", c->expected, false}, {"found", c->found, false},
        {"sqlstate", c->sqlstate, true},  {"sql", c->sql, false},
        {"detail", c->detail, false},
    };
    size_t count = 0;
    for (size_t i = 0; i < EVIDENCE_COUNT; i++)
        if (all[i].text && all[i].text[0])
            out[count++] = all[i];
    return count;
}

char *evidence_text(const struct report_evidence *e, size_t limit)
{
    char *text = e->one_line ? valid_line(e->text) : valid_text(e->text, limit);
    size_t length = strlen(text);
    while (length && text[length - 1] == '\n')
        text[--length] = '\0';
    return text;
}

char *check_full_name(const struct step *step, const struct check *check)
{
    char *title = valid_line(step->title);
    char *name = valid_line(check->name);
    char *full =
        *title && *name ? memory_format("%s: %s", title, name) : memory_format("%s%s", title, name);
    free(title);
    free(name);
    return full;
}

static void append_part(struct text *t, size_t count, const char *one, const char *many)
{
    if (count)
        text_append_format(t, "%s%zu %s", t->length ? ", " : "", count, count == 1 ? one : many);
}

void verdict_append_shortfall(struct text *t, const struct scenario_record *s)
{
    struct text parts = {0};
    append_part(&parts, scenario_count_outcome(s, OUTCOME_FINDING), "finding", "findings");
    append_part(&parts, scenario_count_outcome(s, OUTCOME_ERROR), "error", "errors");
    append_part(&parts, scenario_count_outcome(s, OUTCOME_NOT_RUN), "not run", "not run");
    if (scenario_count_checks(s) == 0)
        text_append(&parts, "no checks");
    text_append(t, text_string(&parts));
    text_release(&parts);
}

static void append_judgement(struct text *t, enum verdict verdict, size_t findings, size_t errors,
                             size_t not_run, size_t checks)
{
    struct text parts = {0};
    if (verdict == VERDICT_FINDINGS)
        text_append_format(&parts, "%zu of %zu checks failed", findings, checks);
    append_part(&parts, errors, "could not be checked", "could not be checked");
    append_part(&parts, not_run, "not run", "not run");
    if (verdict != VERDICT_FINDINGS)
        append_part(&parts, checks, "check", "checks");
    text_append_format(t, "%s%s", text_string(&parts), parts.length ? ", " : "");
    text_release(&parts);
}

void verdict_append_run(struct text *t, const struct run_record *r)
{
    enum verdict verdict = verdict_of_run(r);
    text_append_format(t, "%s: ", verdict_name(verdict));
    if (verdict == VERDICT_PASSED)
        text_append_format(t, "%zu %s, ", r->scenario_count,
                           r->scenario_count == 1 ? "scenario" : "scenarios");
    if (r->interrupted)
        text_append(t, "interrupted, ");
    append_judgement(t, verdict, record_count_outcome(r, OUTCOME_FINDING),
                     record_count_outcome(r, OUTCOME_ERROR),
                     record_count_outcome(r, OUTCOME_NOT_RUN), record_count_checks(r));
    figure_append_duration(t, r->seconds);
}

void verdict_append_scenario(struct text *t, const struct scenario_record *s)
{
    enum verdict verdict = verdict_of_scenario(s);
    text_append_format(t, "%s: ", verdict_name(verdict));
    append_judgement(t, verdict, scenario_count_outcome(s, OUTCOME_FINDING),
                     scenario_count_outcome(s, OUTCOME_ERROR),
                     scenario_count_outcome(s, OUTCOME_NOT_RUN), scenario_count_checks(s));
    figure_append_duration(t, s->seconds);
}

void retries_append(struct text *t, const struct scenario_record *s)
{
    if (!s->retries)
        return;
    char *reason = valid_line(s->retried_after);
    text_append_format(t, "tried %zu times, since at first: %s", s->retries + 1, reason);
    free(reason);
}

char *run_shortfall(const struct run_record *r)
{
    if (r->error && r->error[0])
        return valid_line(r->error);
    if (r->error)
        return memory_copy_of("the run could not be completed");
    if (r->interrupted)
        return memory_copy_of("the run was interrupted");
    if (record_count_checks(r) == 0)
        return memory_copy_of("nothing was planned, so nothing was checked");
    return NULL;
}
