#include "deployment/deploy_record.h"

#include "base/clock.h"
#include "base/memory.h"

static void plan(struct scenario_record *s, enum deploy_step step)
{
    struct step *added = record_add_step(s, deploy_step_name(step));
    struct check *check = record_add_check(added, deploy_step_title(step), "");
    check->kind = memory_copy_of("deployment");
}

static void fill(struct run_record *r, const struct deploy_request *request)
{
    *r = (struct run_record){.id = memory_copy_of("deploy"),
                             .version = memory_copy_of(PGREHEARSE_VERSION),
                             .suite = memory_copy_of(request->suite->name),
                             .suite_path = memory_copy_of(request->suite->folder),
                             .migrator = memory_copy_of(request->migrator->definition->name),
                             .migrations = memory_copy_of(request->migrator->directory),
                             .baseline = memory_copy_of(request->suite->baseline),
                             .target = memory_copy_of(request->suite->target),
                             .open_ended = true};
    clock_date(r->started_at, sizeof r->started_at);
}

void deploy_record_begin(struct deploy *d)
{
    const struct deploy_request *q = d->request;
    bool back = q->rollback || deploy_stage(d) == DEPLOY_ROLLING_BACK;
    fill(q->record, q);
    struct scenario_record *s = record_add_scenario(
        q->record, "deploy",
        back ? "Roll the deployment back" : "Deploy the migration to a real database");
    for (size_t i = 0; !back && i < DEPLOY_FORWARD; i++)
        plan(s, deploy_step_at(i, q->deployment->backup_after_stop));
    event_run(q->events, EVENT_RUN_BEGINS);
    live_scenario_begin(&d->live, q->record, q->events, clock_seconds());
}

void deploy_record_step(struct deploy *d, enum deploy_step step)
{
    struct scenario_record *s = live_scenario_record(&d->live);
    if (d->live.next == s->step_count)
        plan(s, step);
    live_scenario_step(&d->live);
}

static enum outcome outcome_of(enum deploy_outcome outcome)
{
    switch (outcome) {
    case DEPLOY_DONE:
        return OUTCOME_PASSED;
    case DEPLOY_FAILED:
        return OUTCOME_FINDING;
    case DEPLOY_UNCHECKED:
    case DEPLOY_ABANDONED:
        break;
    }
    return OUTCOME_ERROR;
}

void deploy_record_conclude(struct deploy *d, enum deploy_outcome outcome, const char *message,
                            const char *sqlstate)
{
    const struct step *step = &live_scenario_record(&d->live)->steps[d->live.next - 1];
    const char *said = *message ? message : NULL;
    if (outcome == DEPLOY_DONE)
        step->checks[0].detail = memory_copy_of(said);
    if (*sqlstate)
        step->checks[0].sqlstate = memory_copy_of(sqlstate);
    live_scenario_conclude(&d->live, &step->checks[0], outcome_of(outcome),
                           outcome == DEPLOY_DONE ? NULL : said);
    live_scenario_end_step(&d->live, NULL);
}

void deploy_record_place(struct deploy *d, const char *file, unsigned line)
{
    struct check *check = &live_scenario_record(&d->live)->steps[d->live.next - 1].checks[0];
    check->file = memory_copy_of(file);
    check->line = line;
}

void deploy_record_pass_over(struct deploy *d)
{
    live_scenario_skip(&d->live, "done by an earlier deploy", true);
}

void deploy_record_had_failed(struct deploy *d, enum deploy_step step, const char *message)
{
    bool second = d->request->deployment->backup_after_stop;
    while (d->live.next < DEPLOY_FORWARD && deploy_step_at(d->live.next, second) != step)
        deploy_record_pass_over(d);
    deploy_record_step(d, step);
    deploy_record_conclude(d, DEPLOY_FAILED, message, "");
    deploy_record_turn_back(d, message);
}

void deploy_record_turn_back(struct deploy *d, const char *why)
{
    char *reason = memory_format("not run: %s", why);
    while (d->live.next < live_scenario_record(&d->live)->step_count)
        live_scenario_skip(&d->live, reason, false);
    free(reason);
}

/* Rolled back by a deploy that nobody asked to: for a reason that an earlier one had met. */
static bool lacks_finding(const struct deploy *d, const struct deploy_result *result)
{
    bool bad = result->ending == DEPLOY_STUCK ||
               (result->ending == DEPLOY_ROLLED_BACK && !d->request->rollback);
    return bad && !record_count_outcome(d->request->record, OUTCOME_FINDING);
}

void deploy_record_end(struct deploy *d, const struct deploy_result *result)
{
    struct run_record *r = d->request->record;
    const char *message = result->message ? result->message : deploy_ending_name(result->ending);
    bool ended = result->ending == DEPLOY_DEPLOYED || result->ending == DEPLOY_ROLLED_BACK ||
                 result->ending == DEPLOY_STUCK;
    deploy_record_turn_back(d, message);
    if (lacks_finding(d, result)) {
        struct scenario_record *s = live_scenario_record(&d->live);
        struct check *check =
            record_add_check(record_add_step(s, "deploy"), "the migration is deployed", "");
        check->kind = memory_copy_of("deployment");
        live_scenario_step(&d->live);
        deploy_record_conclude(d, DEPLOY_FAILED, message, "");
    }
    live_scenario_end(&d->live, message);
    if (!ended && !record_count_outcome(r, OUTCOME_ERROR))
        r->error = memory_copy_of(message);
    r->interrupted = !ended && cancel_is_raised(d->request->stop);
    r->seconds = clock_seconds() - d->live.run_started;
    event_run(d->request->events, EVENT_RUN_ENDS);
}
