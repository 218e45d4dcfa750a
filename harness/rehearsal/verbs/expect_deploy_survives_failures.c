/* expect_deploy_survives_failures: one deployment for each way in which one can fail. */
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "ground/sessions.h"
#include "rehearsal/deployed.h"
#include "rehearsal/deployment_failing.h"
#include "rehearsal/fault.h"
#include "rehearsal/kept_copy.h"
#include "rehearsal/tried_deploy.h"
#include "schema/database_state.h"

enum { MOST_HELPERS = 3 };

static const double free_limit = 0.5; /* seconds in which the application's sessions may end */

/* What came of one of them. */
struct failing_result {
    struct text wrong, notes;
    struct error error;
    bool taken, is_sound;
};

/* All of them; the first that is not sound is the last that counts. */
struct failings {
    struct rehearsal *rehearsal;
    struct check *checks[DEPLOYMENT_FAILINGS]; /* NULL: it is not rehearsed */
    struct failing_result results[DEPLOYMENT_FAILINGS];
    pthread_mutex_t lock; /* over what follows, and over `taken` */
    size_t end, done;     /* those from `end` on need not be tried */
};

/* Who tries them: the scenario itself, and helpers with a database and an application each. */
struct worker {
    struct failings *failings;
    struct deploy_place place;
    struct connection *connection; /* to the place's database */
    bool is_helper;
    struct kept_copy copy;        /* a helper's */
    struct database_state before; /* how a failure has to leave it */
    pthread_t thread;
};

/* What is wrong after it, appended: the ending, the failed step, the database, the application. */
static bool judge(const struct worker *w, const struct deployment_failing *f,
                  const struct deploy_result *result, const struct tried_deploy *u,
                  struct text *wrong, struct error *e)
{
    struct text differences = {0};
    char *complaint = NULL;
    bool cut_short = result->ending == DEPLOY_UNFINISHED || result->ending == DEPLOY_BACKED_OUT;
    if (cut_short && result->ending != f->ending)
        return error_set(e, ERROR_UNAVAILABLE, "the deployment could not continue: %s",
                         result->message ? result->message : "it did not say why");
    enum outcome expected = f->ending == DEPLOY_BACKED_OUT ? OUTCOME_ERROR : OUTCOME_FINDING;
    if (tried_deploy_outcome(u, f->step) != expected)
        text_append_format(wrong, "%s did not fail; ", deploy_step_name(f->step));
    if (result->ending != f->ending)
        text_append_format(wrong, "it ended differently: %s; ",
                           result->message ? result->message : "deployed");
    bool good = database_state_compare(&w->before, w->connection, &differences, e) &&
                rehearsed_application_is_well(w->place.application, false, &complaint, e);
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
static bool know_before(struct worker *w, const struct suite_fault *fault, struct error *e)
{
    if (fault)
        database_state_release(&w->before);
    return w->before.since || database_state_take(w->connection, NULL, &w->before, e);
}

/* A fault is planted in the scenario's own database. */
static bool try(struct worker *w, const struct deployment_failing *f, struct text *wrong,
                struct text *notes, struct error *e)
{
    struct rehearsal *r = w->failings->rehearsal;
    const struct suite *own_suite = r->run->ground.suite;
    const struct suite_fault *fault = f->fault ? fault_of_deployment(own_suite) : NULL;
    const struct deployment *own = w->place.application->deployment;
    struct deployment runbook = *own;
    struct tried_deploy u;
    struct deploy_result result = {0};
    const struct deploy_failure said = {f->step, DEPLOY_FAILED};
    char *output = tried_deploy_output(&w->place);
    tried_deploy_init(&u);
    struct deploy_request request = tried_deploy_request(&w->place, &runbook, output, &u);
    struct suite suite = {0};
    if (f->validations) {
        suite = with_validations(own_suite, f->validations, f->instead);
        request.suite = &suite;
    } else if (f->break_runbook)
        f->break_runbook(&runbook, w->place.application);
    else if (!fault)
        request.failure = &said;
    bool good = (!fault || fault_act(r, fault->plant, fault->plant_count, e)) &&
                know_before(w, fault, e) && tried_deploy_run(&w->place, &request, &result, e) &&
                judge(w, f, &result, &u, wrong, e) &&
                (!fault || fault_act(r, fault->remedy, fault->remedy_count, e));
    if (fault)
        database_state_release(&w->before);
    text_append(notes, text_string(&u.notes));
    deployment_failing_release(&runbook, own);
    free(suite.validations);
    deploy_result_release(&result);
    tried_deploy_release(&u);
    free(output);
    return good;
}

/* The next one for this worker, DEPLOYMENT_FAILINGS when there is none. */
static size_t take(struct worker *w)
{
    struct failings *f = w->failings;
    pthread_mutex_lock(&f->lock);
    size_t i = 0;
    while (i < f->end &&
           (!f->checks[i] || f->results[i].taken || (w->is_helper && deployment_failings[i].fault)))
        i++;
    bool ends = i >= f->end;
    if (!ends)
        f->results[i].taken = true;
    pthread_mutex_unlock(&f->lock);
    return ends ? DEPLOYMENT_FAILINGS : i;
}

static void conclude(struct worker *w, size_t i, bool tried)
{
    struct failings *f = w->failings;
    pthread_mutex_lock(&f->lock);
    f->results[i].is_sound = tried && !f->results[i].wrong.length;
    if (!f->results[i].is_sound && i + 1 < f->end)
        f->end = i + 1;
    double done = (double)++f->done;
    pthread_mutex_unlock(&f->lock);
    event_progress(f->rehearsal->run->events, f->rehearsal->record, "failures", done,
                   (double)DEPLOYMENT_FAILINGS);
}

static void try_next(struct worker *w, size_t i)
{
    struct failing_result *result = &w->failings->results[i];
    conclude(w, i, try(w, &deployment_failings[i], &result->wrong, &result->notes, &result->error));
}

static void *work(void *worker)
{
    struct worker *w = worker;
    for (size_t i; (i = take(w)) < DEPLOYMENT_FAILINGS;)
        try_next(w, i);
    return NULL;
}

/* Whether the scenario's database can be cloned although an application uses it. */
static bool is_free(const struct rehearsal *r)
{
    struct connection c = {0};
    struct error ignored = {0};
    char *who = NULL;
    bool is_free =
        connection_open(&c, r->run->ground.server->url, r->run->ground.cancel, &ignored) &&
        sessions_wait_until_gone(&c, r->database, free_limit, &who, &ignored);
    connection_close(&c);
    free(who);
    return is_free;
}

static bool make_copy(struct rehearsal *r, size_t number, struct kept_copy *copy)
{
    struct error ignored = {0};
    char *purpose = memory_format("beside %zu", number);
    connection_close(&r->connection);
    bool made = is_free(r) && kept_copy_make(r, purpose, copy, &ignored);
    if (!r->connection.pg)
        connection_open(&r->connection, r->url, r->run->ground.cancel, &ignored);
    free(purpose);
    return made;
}

/* Without a helper, all is tried in turn. */
static bool start_helper(struct worker *w, struct failings *f, size_t number)
{
    struct rehearsal *r = f->rehearsal;
    struct error ignored = {0};
    char *complaint = NULL, *name = memory_format("application-%zu", number);
    *w = (struct worker){.failings = f, .is_helper = true, .connection = &w->copy.connection};
    bool good = make_copy(r, number, &w->copy);
    const struct clone *c = &w->copy.clone;
    w->place = (struct deploy_place){.run = r->run,
                                     .who = r,
                                     .database = c->database,
                                     .url = c->url,
                                     .migrator_url = c->migrator_url};
    if (good)
        w->place.application =
            rehearsed_application_start(r->run, name, c->url, &complaint, &ignored);
    good = w->place.application && pthread_create(&w->thread, NULL, work, w) == 0;
    free(complaint);
    free(name);
    return good;
}

static void release_worker(struct worker *w)
{
    rehearsed_application_free(w->place.application);
    kept_copy_drop(w->failings->rehearsal, &w->copy);
    database_state_release(&w->before);
}

static size_t count_helpers(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t helpers = processors > 1 ? (size_t)processors - 1 : 0;
    return helpers < MOST_HELPERS ? helpers : MOST_HELPERS;
}

/*
 * Beside each other as soon as it is known that the revision changes nothing that databases share:
 * what one of them makes there would be in the way of another.
 */
static void try_all(struct failings *f)
{
    struct rehearsal *r = f->rehearsal;
    struct worker own = {.failings = f,
                         .connection = &r->connection,
                         .place = {.run = r->run,
                                   .who = r,
                                   .application = deployed_of(r)->application,
                                   .database = r->database,
                                   .url = r->url,
                                   .migrator_url = r->migrator_url}};
    struct worker helpers[MOST_HELPERS];
    size_t started = 0, most = count_helpers();
    bool asked = false;
    for (size_t i; (i = take(&own)) < DEPLOYMENT_FAILINGS;) {
        if (!asked && cluster_is_apart(r->run->ground.cluster)) {
            asked = true;
            while (started < most && start_helper(&helpers[started], f, started + 1))
                started++;
            if (started < most)
                release_worker(&helpers[started]);
        }
        try_next(&own, i);
    }
    for (size_t i = 0; i < started; i++) {
        pthread_join(helpers[i].thread, NULL);
        release_worker(&helpers[i]);
    }
    database_state_release(&own.before);
}

/* In the order of the steps, as if they had been tried in turn. */
static void report(struct failings *f)
{
    struct rehearsal *r = f->rehearsal;
    for (size_t i = 0; i < f->end; i++) {
        struct failing_result *result = &f->results[i];
        if (!f->checks[i])
            continue;
        if (result->is_sound) {
            check_pass(r, f->checks[i]);
        } else if (!result->wrong.length || result->error.kind != ERROR_NONE) {
            check_error(r, f->checks[i], &result->error);
        } else {
            struct evidence evidence = {.detail = text_string(&result->notes),
                                        .remedy = "fix the downgrade or the runbook"};
            check_finding(r, f->checks[i], &evidence, "%.*s", (int)result->wrong.length - 2,
                          text_string(&result->wrong));
            rehearsal_latch(r, "not run: a deployment that failed was not rolled back");
        }
    }
}

void expect_deploy_survives_failures(struct rehearsal *r)
{
    struct failings f = {.rehearsal = r, .end = DEPLOYMENT_FAILINGS};
    step_begin(r, "expect a safe end whichever step of a deployment fails");
    for (int i = 0; i < DEPLOYMENT_FAILINGS; i++)
        if (!deployment_failings[i].fault || fault_of_deployment(r->run->ground.suite))
            f.checks[i] = step_check(r, "deployment-failure", NULL,
                                     "%s: the database is whole and the services are up",
                                     deployment_failings[i].title);
    if (!deployed_can_be(r) || !step_runs(r))
        return;
    pthread_mutex_init(&f.lock, NULL);
    try_all(&f);
    report(&f);
    pthread_mutex_destroy(&f.lock);
    for (int i = 0; i < DEPLOYMENT_FAILINGS; i++) {
        text_release(&f.results[i].wrong);
        text_release(&f.results[i].notes);
    }
}
