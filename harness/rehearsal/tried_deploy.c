#include "rehearsal/tried_deploy.h"

#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"

static void note_step(struct tried_deploy *u, const struct step *step)
{
    const struct check *c = &step->checks[0];
    if (c->outcome != OUTCOME_NOT_RUN)
        text_append_format(&u->notes, "%s %s: %s\n", step->title, outcome_name(c->outcome),
                           c->message ? c->message : "");
}

static void hear(void *context, const struct event *event)
{
    struct tried_deploy *u = context;
    if (event->kind == EVENT_MESSAGE) {
        text_append_format(&u->notes, "%s\n", event->text);
    } else if (event->kind == EVENT_CHECK_ENDS) {
        note_step(u, event->step);
        if (u->ended)
            u->ended(u->context, event->step);
    }
}

void tried_deploy_init(struct tried_deploy *u)
{
    *u = (struct tried_deploy){0};
    event_stream_init(&u->events, &u->record);
    event_stream_add(&u->events, hear, u);
}

void tried_deploy_release(struct tried_deploy *u)
{
    event_stream_release(&u->events);
    record_release(&u->record);
    text_release(&u->notes);
}

enum outcome tried_deploy_outcome(const struct tried_deploy *u, enum deploy_step step)
{
    enum outcome outcome = OUTCOME_NOT_RUN;
    const struct scenario_record *s = u->record.scenarios;
    for (size_t i = 0; s && i < s->step_count; i++)
        if (strcmp(s->steps[i].title, deploy_step_name(step)) == 0)
            outcome = s->steps[i].checks[0].outcome;
    return outcome;
}

char *tried_deploy_output(const struct deploy_place *place)
{
    struct rehearsed_application *a = place->application;
    char *path = memory_format("%s/deployment-%u", a->state, ++a->deploys);
    mkdir(path, 0700);
    return path;
}

struct deploy_request tried_deploy_request(const struct deploy_place *place,
                                           const struct deployment *runbook, const char *output,
                                           struct tried_deploy *u)
{
    const struct ground *g = &place->run->ground;
    return (struct deploy_request){.suite = g->suite,
                                   .deployment = runbook,
                                   .migrator = &g->migrator,
                                   .url = place->url,
                                   .migrator_url = place->migrator_url,
                                   .output = output,
                                   .variables = (const char *const *)place->application->variables,
                                   .restore_rows = true,
                                   .time_limit = ground_patience(g),
                                   .mark = g->migrator.mark,
                                   .stop = g->cancel,
                                   .abort = g->cancel,
                                   .record = &u->record,
                                   .events = &u->events};
}

bool tried_deploy_run(const struct deploy_place *place, const struct deploy_request *request,
                      struct deploy_result *result, struct error *e)
{
    struct deploy d;
    struct cluster *cluster = place->run->ground.cluster;
    *result = (struct deploy_result){0};
    if (!cluster_enter(cluster, place->who, place->database, e))
        return false;
    bool good = deploy_open(&d, request, e);
    if (good)
        deploy_run(&d, result);
    deploy_close(&d);
    struct error ignored = {0};
    return cluster_leave(cluster, place->who, place->database, false, good ? e : &ignored) && good;
}
