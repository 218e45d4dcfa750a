#include "deployment/deploy_record.h"

#include "base/clock.h"
#include "base/memory.h"

void deploy_record_begin(struct run_record *r, const struct deploy_request *request)
{
    *r = (struct run_record){.id = memory_copy_of("deploy"),
                             .version = memory_copy_of(PGREHEARSE_VERSION),
                             .suite = memory_copy_of(request->suite->name),
                             .suite_path = memory_copy_of(request->suite->folder),
                             .migrator = memory_copy_of(request->migrator->definition->name),
                             .migrations = memory_copy_of(request->migrator->directory),
                             .baseline = memory_copy_of(request->suite->baseline),
                             .target = memory_copy_of(request->suite->target)};
    clock_date(r->started_at, sizeof r->started_at);
    record_add_scenario(r, "deploy", "Deploy the migration to a real database");
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

void deploy_record_step(struct run_record *r, enum deploy_step step, enum deploy_outcome outcome,
                        double seconds, const char *message)
{
    if (!r->scenario_count)
        return;
    struct scenario_record *s = &r->scenarios[0];
    struct step *added = record_add_step(s, deploy_step_name(step));
    struct check *c = record_add_check(added, deploy_step_title(step), "");
    added->started = s->seconds;
    added->seconds = c->seconds = seconds;
    c->kind = memory_copy_of("deployment");
    c->outcome = outcome_of(outcome);
    if (c->outcome != OUTCOME_PASSED)
        c->message = memory_copy_of(message);
    s->seconds += seconds;
    r->seconds = s->seconds;
}

void deploy_record_end(struct run_record *r, const char *error)
{
    if (error && r->scenario_count && !record_count_outcome(r, OUTCOME_ERROR))
        r->error = memory_copy_of(error);
}
