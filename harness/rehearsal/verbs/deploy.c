/* given_application, deploy, undo_deploy, expect_application. */
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "rehearsal/deployed.h"
#include "rehearsal/tried_deploy.h"

void given_application(struct rehearsal *r)
{
    step_begin(r, "given the application that uses the database");
    struct check *c = step_check(r, "application", NULL, "the application is up and healthy");
    if (!deployed_can_be(r) || !step_runs(r))
        return;
    struct error e = {0};
    char *complaint = NULL;
    struct deployed *d = deployed_of(r);
    d->application = rehearsed_application_start(r->run, "application", r->url, &complaint, &e);
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
    if (!rehearsed_application_is_well(deployed_of(r)->application, true, &complaint, &e)) {
        check_error(r, c, &e);
    } else if (complaint) {
        struct evidence evidence = {.remedy = "adapt the application to the migrated schema"};
        check_finding(r, c, &evidence, "%s", complaint);
    } else {
        check_pass(r, c);
    }
    free(complaint);
}

static struct deploy_place place_of(struct rehearsal *r)
{
    return (struct deploy_place){.run = r->run,
                                 .who = r,
                                 .application = deployed_of(r)->application,
                                 .database = r->database,
                                 .url = r->url,
                                 .migrator_url = r->migrator_url};
}

/* The rehearsal's checks, one for each step of the way forward. */
struct judged {
    struct rehearsal *rehearsal;
    const struct tried_deploy *tried;
    struct check **checks;
};

/* A step has ended: so has the check of the rehearsal that stands for it, if one does. */
static void judge_step(void *context, const struct step *step)
{
    const struct judged *judged = context;
    struct rehearsal *r = judged->rehearsal;
    enum deploy_step which;
    const struct check *ended = &step->checks[0];
    if (!deploy_step_find(step->title, &which) || (int)which >= DEPLOY_FORWARD ||
        ended->outcome ==
            OUTCOME_NOT_RUN) /* a step before it has failed: it is reported as not run */
        return;
    struct check *c = judged->checks[which];
    c->seconds = ended->seconds;
    if (ended->outcome == OUTCOME_PASSED) {
        check_pass(r, c);
    } else if (ended->outcome == OUTCOME_FINDING) {
        struct evidence evidence = {.detail = text_string(&judged->tried->notes),
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
    if (!deployed_can_be(r) || !step_runs(r))
        return;
    struct tried_deploy u;
    struct deploy_result result;
    struct error e = {0};
    struct deployed *d = deployed_of(r);
    const struct deploy_place place = place_of(r);
    struct judged judged = {.rehearsal = r, .tried = &u, .checks = checks};
    char *output = tried_deploy_output(&place);
    tried_deploy_init(&u);
    u.ended = judge_step;
    u.context = &judged;
    const struct deploy_request request =
        tried_deploy_request(&place, d->application->deployment, output, &u);
    if (!tried_deploy_run(&place, &request, &result, &e))
        check_error(r, checks[0], &e);
    free(d->output);
    d->output = output;
    deploy_result_release(&result);
    tried_deploy_release(&u);
}

void undo_deploy(struct rehearsal *r)
{
    step_begin(r, "roll the deployment back");
    struct check *c = step_check(r, "deployment-rollback", NULL,
                                 "the deployment is rolled back, the dropped rows restored");
    if (!deployed_can_be(r) || !step_runs(r))
        return;
    struct tried_deploy u;
    struct deploy_result result;
    struct error e = {0};
    const struct deployed *d = deployed_of(r);
    const struct deploy_place place = place_of(r);
    tried_deploy_init(&u);
    struct deploy_request request =
        tried_deploy_request(&place, d->application->deployment, d->output, &u);
    request.rollback = true;
    if (!tried_deploy_run(&place, &request, &result, &e)) {
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
    tried_deploy_release(&u);
}
