/*
 * A whole run: server, template, scenarios side by side, and the cleaning up, whatever happens.
 */
#pragma once
#include "rehearsal/first_baseline.h"
#include "rehearsal/part.h"
#include "rehearsal/rehearsed_project.h"
#include "rehearsal/run.h"
#include "rehearsal/scenario_list.h"

struct rehearse_request {
    const struct rehearsed_project *project; /* NULL: the run's suite is rehearsed */
    struct first_baseline *first;            /* beside a project: room for what is found out */
    const char *server;                      /* URL, or NULL for the embedded server */
    const char *migrations; /* replaces the folder that the migrator works in; or NULL */
    const char *migrator;   /* by name; NULL: the suite's first */
    const struct scenario_list *list;
    const struct rule_list *rules; /* NULL: ours alone */
    bool *chosen;                  /* list->count of them; rehearse_plan() clears the useless */
    const char *names;             /* the scenarios that were asked for; NULL: all */
    size_t jobs;                   /* scenarios at a time; 0: one per processor */
    struct part_request part;      /* which of what was chosen are run; zeroed: all */
    size_t retries;                /* of a scenario that could not be checked */
    bool fail_fast;                /* none is started after one that did not pass */
    /* called with `context` when everything is taken down, before the record is reported as
       complete, to add to it; may be NULL */
    void (*before_end)(struct run *run, void *context);
    void *context;
};

/*
 * Fills `run` with what it needs and plans the record: no server is touched yet. False when the
 * request does not fit the suite (ERROR_USAGE). A scenario for which the suite declares nothing is
 * left out, and run->left_out says why; one that was asked for by its name is an ERROR_USAGE.
 */
bool rehearse_plan(struct run *run, const struct rehearse_request *request, struct error *e);

/*
 * Runs what was planned. What happened is in the record, what stopped the run as a whole in
 * record->error; nothing stays behind but what --keep asks for.
 */
void rehearse(struct run *run, const struct rehearse_request *request);

/* Frees what rehearse_plan() made. */
void rehearse_release(struct run *run);
