/* given_application, deploy, undo_deploy, expect_application, expect_deploy_survives_failures. */
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/text.h"
#include "rehearsal/deployment_failing.h"
#include "rehearsal/fault.h"
#include "rehearsal/rehearsal.h"
#include "schema/database_state.h"

/* The application that stands in for the real one, and what was deployed with it. */
struct deployed {
    struct rehearsed_application *application;
    char *output; /* the folder with the journal of its deployment; NULL: it is not deployed */
};

static void release_deployed(struct rehearsal *r, void *state)
{
    struct deployed *d = state;
    (void)r;
    rehearsed_application_free(d->application);
    free(d->output);
}

static const struct slot_kind deployed = {sizeof(struct deployed), release_deployed};

static struct deployed *deployed_of(const struct rehearsal *r)
{
    return slot_get(r, &deployed, NULL);
}

static struct rehearsed_application *application_of(const struct rehearsal *r)
{
    return deployed_of(r)->application;
}

static bool can_deploy(struct rehearsal *r)
{
    if (!r->run->ground.suite->rehearsed_deployment)
        rehearsal_lacks_declaration(r, "suite %s has no rehearsed_deployment",
                                    r->run->ground.suite->name);
    return r->run->ground.suite->rehearsed_deployment != NULL;
}

void given_application(struct rehearsal *r)
{
    step_begin(r, "given the application that uses the database");
    struct check *c = step_check(r, "application", NULL, "the application is up and healthy");
    if (!can_deploy(r) || !step_runs(r))
        return;
    struct error e = {0};
    char *complaint = NULL;
    struct deployed *d = slot_make(r, &deployed, NULL);
    d->application = rehearsed_application_start(r->run, r->url, &complaint, &e);
    if (d->application)
        rehearsed_application_is_well(d->application, false, &complaint, &e);
    if (complaint) /* it is ours, and not what is to be found out */
        error_set(&e, ERROR_UNAVAILABLE, "the application: %s", complaint);
    if (e.kind != ERROR_NONE)
        check_error(r, c, &e);
    else
        check_pass(r, c);
    free(complaint);
}

void expect_application(struct rehearsal *r)
{
    step_begin(r, "expect the application to be healthy");
    struct check *c = step_check(r, "application", NULL, "every probe is answered as expected");
    if (!step_runs(r))
        return;
    struct error e = {0};
    char *complaint = NULL;
    if (!rehearsed_application_is_well(application_of(r), true, &complaint, &e)) {
        check_error(r, c, &e);
    } else if (complaint) {
        struct evidence evidence = {.remedy = "adapt the application to the migrated schema"};
        check_finding(r, c, &evidence, "%s", complaint);
    } else {
        check_pass(r, c);
    }
    free(complaint);
}

/* One deploy within a rehearsal: a run of its own, whose events are heard. */
struct undertaking {
    struct run_record record;
    struct event_stream events;
    struct text notes; /* what it said, in lines */
    struct rehearsal *rehearsal;
    struct check **checks; /* the rehearsal's, for each step of the way forward; NULL: none */
};

static void note_step(struct undertaking *u, const struct step *step)
{
    const struct check *c = &step->checks[0];
    if (c->outcome != OUTCOME_NOT_RUN)
        text_append_format(&u->notes, "%s %s: %s\n", step->title, outcome_name(c->outcome),
                           c->message ? c->message : "");
}

static void judge_step(struct undertaking *u, const struct step *step);

static void hear(void *context, const struct event *event)
{
    struct undertaking *u = context;
    if (event->kind == EVENT_MESSAGE) {
        text_append_format(&u->notes, "%s\n", event->text);
    } else if (event->kind == EVENT_CHECK_ENDS) {
        note_step(u, event->step);
        if (u->checks)
            judge_step(u, event->step);
    }
}

static void undertaking_init(struct undertaking *u, struct rehearsal *r)
{
    *u = (struct undertaking){.rehearsal = r};
    event_stream_init(&u->events, &u->record);
    event_stream_add(&u->events, hear, u);
}

static void undertaking_release(struct undertaking *u)
{
    event_stream_release(&u->events);
    record_release(&u->record);
    text_release(&u->notes);
}

/* How the step ended that it came to last under this name; NOT_RUN: it never did. */
static enum outcome outcome_of(const struct undertaking *u, enum deploy_step step)
{
    enum outcome outcome = OUTCOME_NOT_RUN;
    const struct scenario_record *s = u->record.scenarios;
    for (size_t i = 0; s && i < s->step_count; i++)
        if (strcmp(s->steps[i].title, deploy_step_name(step)) == 0)
            outcome = s->steps[i].checks[0].outcome;
    return outcome;
}

/* A deploy of the rehearsal's database, with a journal in a folder of its own. */
static struct deploy_request request_for(struct rehearsal *r, const struct deployment *runbook,
                                         const char *output, struct undertaking *u)
{
    return (struct deploy_request){.suite = r->run->ground.suite,
                                   .deployment = runbook,
                                   .migrator = &r->run->ground.migrator,
                                   .url = r->url,
                                   .migrator_url = r->migrator_url,
                                   .output = output,
                                   .variables = (const char *const *)application_of(r)->variables,
                                   .restore_rows = true,
                                   .time_limit = ground_patience(&r->run->ground),
                                   .mark = r->run->ground.migrator.mark,
                                   .stop = r->run->ground.cancel,
                                   .abort = r->run->ground.cancel,
                                   .record = &u->record,
                                   .events = &u->events};
}

static char *new_output(struct rehearsal *r)
{
    char *path = memory_format("%s/deployment-%u", r->run->ground.folder->path,
                               ++application_of(r)->deploys);
    mkdir(path, 0700);
    return path;
}

/* False when it could not even begin. */
static bool run_deploy(struct rehearsal *r, const struct deploy_request *request,
                       struct deploy_result *result, struct error *e)
{
    struct deploy d;
    struct cluster *cluster = r->run->ground.cluster;
    *result = (struct deploy_result){0};
    if (!cluster_enter(cluster, r, r->database, e))
        return false;
    bool good = deploy_open(&d, request, e);
    if (good)
        deploy_run(&d, result);
    deploy_close(&d);
    struct error ignored = {0};
    return cluster_leave(cluster, r, r->database, false, good ? e : &ignored) && good;
}

/* A step has ended: so has the check of the rehearsal that stands for it, if one does. */
static void judge_step(struct undertaking *u, const struct step *step)
{
    struct rehearsal *r = u->rehearsal;
    enum deploy_step which;
    const struct check *ended = &step->checks[0];
    if (!deploy_step_find(step->title, &which) || (int)which >= DEPLOY_FORWARD ||
        ended->outcome ==
            OUTCOME_NOT_RUN) /* a step before it has failed: it is reported as not run */
        return;
    struct check *c = u->checks[which];
    c->seconds = ended->seconds;
    if (ended->outcome == OUTCOME_PASSED) {
        check_pass(r, c);
    } else if (ended->outcome == OUTCOME_FINDING) {
        struct evidence evidence = {.detail = text_string(&u->notes),
                                    .remedy = "fix the migration, the runbook or the application"};
        check_finding(r, c, &evidence, "%s: %s", step->title, ended->message);
        rehearsal_latch(r, "not run: the deployment failed");
    } else {
        struct error e = {0};
        error_set_sqlstate(&e, ERROR_UNAVAILABLE, ended->sqlstate, "%s: %s", step->title,
                           ended->message);
        check_error(r, c, &e);
    }
}

void deploy(struct rehearsal *r)
{
    struct check *checks[DEPLOY_FORWARD];
    step_begin(r, "deploy by the runbook");
    for (int i = 0; i < DEPLOY_FORWARD; i++)
        checks[i] =
            step_check(r, "deployment", NULL, "%s: %s", deploy_step_name((enum deploy_step)i),
                       deploy_step_title((enum deploy_step)i));
    if (!can_deploy(r) || !step_runs(r))
        return;
    struct undertaking u;
    struct deploy_result result;
    struct error e = {0};
    char *output = new_output(r);
    undertaking_init(&u, r);
    u.checks = checks;
    struct deploy_request request = request_for(r, application_of(r)->deployment, output, &u);
    if (!run_deploy(r, &request, &result, &e))
        check_error(r, checks[0], &e);
    free(deployed_of(r)->output);
    deployed_of(r)->output = output;
    deploy_result_release(&result);
    undertaking_release(&u);
}

void undo_deploy(struct rehearsal *r)
{
    step_begin(r, "roll the deployment back");
    struct check *c = step_check(r, "deployment-rollback", NULL,
                                 "the deployment is rolled back, the dropped rows restored");
    if (!can_deploy(r) || !step_runs(r))
        return;
    struct undertaking u;
    struct deploy_result result;
    struct error e = {0};
    undertaking_init(&u, r);
    struct deploy_request request =
        request_for(r, application_of(r)->deployment, deployed_of(r)->output, &u);
    request.rollback = true;
    if (!run_deploy(r, &request, &result, &e)) {
        check_error(r, c, &e);
    } else if (result.ending == DEPLOY_ROLLED_BACK) {
        check_pass(r, c);
    } else if (result.ending != DEPLOY_STUCK) { /* it could not be checked */
        error_set(&e,
                  cancel_is_raised(r->run->ground.cancel) ? ERROR_INTERRUPTED : ERROR_UNAVAILABLE,
                  "%s", result.message ? result.message : "not rolled back");
        check_error(r, c, &e);
    } else {
        struct evidence evidence = {
            .detail = text_string(&u.notes),
            .remedy = "fix the downgrade; do not deploy a migration that cannot be rolled back"};
        check_finding(r, c, &evidence, "%s", result.message ? result.message : "not rolled back");
        rehearsal_latch(r, "not run: the rollback of the deployment failed");
    }
    deploy_result_release(&result);
    undertaking_release(&u);
}

/* What is wrong after it, appended: the ending, the failed step, the database, the application. */
static bool judge_failing(struct rehearsal *r, const struct deployment_failing *f,
                          const struct deploy_result *result, const struct undertaking *u,
                          const struct database_state *before, struct text *wrong, struct error *e)
{
    struct text differences = {0};
    char *complaint = NULL;
    bool cut_short = result->ending == DEPLOY_UNFINISHED || result->ending == DEPLOY_BACKED_OUT;
    if (cut_short && result->ending != f->ending)
        return error_set(e, ERROR_UNAVAILABLE, "the deployment could not continue: %s",
                         result->message ? result->message : "it did not say why");
    enum outcome expected = f->ending == DEPLOY_BACKED_OUT ? OUTCOME_ERROR : OUTCOME_FINDING;
    if (outcome_of(u, f->step) != expected)
        text_append_format(wrong, "%s did not fail; ", deploy_step_name(f->step));
    if (result->ending != f->ending)
        text_append_format(wrong, "it ended differently: %s; ",
                           result->message ? result->message : "deployed");
    bool good = database_state_compare(before, &r->connection, &differences, e) &&
                rehearsed_application_is_well(application_of(r), false, &complaint, e);
    if (differences.length)
        text_append_format(wrong, "the database is not as it was: %s; ", text_string(&differences));
    if (complaint)
        text_append_format(wrong, "the application: %s; ", complaint);
    text_release(&differences);
    free(complaint);
    return good;
}

/* A copy of the suite in which one set of validations lies elsewhere; its list is to be freed. */
static struct suite with_validations(const struct suite *own, const char *name, const char *instead)
{
    struct suite copy = *own;
    struct error ignored = {0};
    const struct suite_validations *other = suite_find_validations(own, instead, &ignored);
    copy.validations = memory_zeroed(own->validation_count, sizeof *copy.validations);
    for (unsigned i = 0; i < own->validation_count; i++) {
        copy.validations[i] = own->validations[i];
        if (other && strcmp(own->validations[i].name, name) == 0)
            copy.validations[i].folder = other->folder;
    }
    return copy;
}

/* The one that the suite marks; NULL: none. */
static const struct suite_fault *fault_of_deployment(const struct suite *suite)
{
    for (unsigned i = 0; i < suite->fault_count; i++)
        if (suite->faults[i].deployment)
            return &suite->faults[i];
    return NULL;
}

/* `before` is the database after the failure before, which has left it so; a fault changes it. */
static bool know_before(struct rehearsal *r, const struct suite_fault *fault,
                        struct database_state *before, struct error *e)
{
    if (fault)
        database_state_release(before);
    return before->since || database_state_take(&r->connection, NULL, before, e);
}

static bool try_failing(struct rehearsal *r, const struct deployment_failing *f,
                        struct database_state *before, struct text *wrong, struct text *notes,
                        struct error *e)
{
    const struct suite_fault *fault = f->fault ? fault_of_deployment(r->run->ground.suite) : NULL;
    const struct deployment *own = application_of(r)->deployment;
    struct deployment runbook = *own;
    struct undertaking u;
    struct deploy_result result = {0};
    const struct deploy_failure said = {f->step, DEPLOY_FAILED};
    char *output = new_output(r);
    undertaking_init(&u, r);
    struct deploy_request request = request_for(r, &runbook, output, &u);
    struct suite suite = {0};
    if (f->validations) {
        suite = with_validations(r->run->ground.suite, f->validations, f->instead);
        request.suite = &suite;
    } else if (f->break_runbook)
        f->break_runbook(&runbook, application_of(r));
    else if (!fault)
        request.failure = &said;
    bool good = (!fault || fault_act(r, fault->plant, fault->plant_count, e)) &&
                know_before(r, fault, before, e) && run_deploy(r, &request, &result, e) &&
                judge_failing(r, f, &result, &u, before, wrong, e) &&
                (!fault || fault_act(r, fault->remedy, fault->remedy_count, e));
    if (fault)
        database_state_release(before);
    text_append(notes, text_string(&u.notes));
    deployment_failing_release(&runbook, own);
    free(suite.validations);
    deploy_result_release(&result);
    undertaking_release(&u);
    free(output);
    return good;
}

void expect_deploy_survives_failures(struct rehearsal *r)
{
    struct check *checks[DEPLOYMENT_FAILINGS] = {0};
    step_begin(r, "expect a safe end whichever step of a deployment fails");
    for (int i = 0; i < DEPLOYMENT_FAILINGS; i++)
        if (!deployment_failings[i].fault || fault_of_deployment(r->run->ground.suite))
            checks[i] = step_check(r, "deployment-failure", NULL,
                                   "%s: the database is whole and the services are up",
                                   deployment_failings[i].title);
    if (!can_deploy(r))
        return;
    struct database_state before = {0};
    for (int i = 0; i < DEPLOYMENT_FAILINGS && step_runs(r); i++) {
        if (!checks[i])
            continue;
        struct text wrong = {0}, notes = {0};
        struct error e = {0};
        event_progress(r->run->events, r->record, "failures", (double)i,
                       (double)DEPLOYMENT_FAILINGS);
        if (!try_failing(r, &deployment_failings[i], &before, &wrong, &notes, &e)) {
            check_error(r, checks[i], &e);
        } else if (wrong.length) {
            struct evidence evidence = {.detail = text_string(&notes),
                                        .remedy = "fix the downgrade or the runbook"};
            check_finding(r, checks[i], &evidence, "%.*s", (int)wrong.length - 2,
                          text_string(&wrong));
            rehearsal_latch(r, "not run: a deployment that failed was not rolled back");
        } else {
            check_pass(r, checks[i]);
        }
        text_release(&wrong);
        text_release(&notes);
    }
    database_state_release(&before);
}
