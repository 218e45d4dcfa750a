/*
 * A leg of a run: one step from a baseline to a target, on which scenarios are rehearsed. A suite
 * has one; over a range of revisions there is one for each, and each starts where the one before
 * ended.
 */
#pragma once
#include "ground/baseline.h"
#include "ground/filling.h"
#include "rehearsal/rehearsed_project.h"
#include "rehearsal/run.h"

/* A scenario that will be run: its record is the run's, by number. */
struct planned_scenario {
    const struct scenario *scenario;
    size_t record;
    unsigned heavy;
    bool on_source;
};

extern const char no_way_back[]; /* what a revision has that cannot be undone */

struct leg {
    struct suite suite;   /* the run's, with the revisions of this leg; borrows all else */
    const char *revision; /* of a range: its target; NULL: there is no range */
    size_t place;         /* of the revision in the project's list */
    char *no_way_back;    /* why its target cannot be undone; NULL: it can */
    bool lacks_way_back;  /* and other revisions of the project can */
    struct planned_scenario *planned;
    size_t planned_count;
    struct run run;                 /* the run as the scenarios of this leg see it */
    char *template;                 /* is at its baseline */
    char *own;                      /* the same with the project's own rows; NULL: it has none */
    struct fixture_store *fixtures; /* the same with the rows of the suite's fixtures */
    struct filling filling;         /* the same with all rows that scenarios are given */
};

/* Makes run->legs, of the run's suite or of the project's range. */
void legs_make(struct run *run, const struct rehearsed_project *project);

/* Brings leg->run to what `run` is now. */
void leg_refresh(struct leg *leg, const struct run *run);

/*
 * Makes the template of a leg, of the one before (NULL: it is the first), and fills it. True if its
 * scenarios can run. False with an error if we could not try; false without one if a revision
 * failed by itself: `failure`.
 */
bool leg_prepare(struct leg *leg, const struct leg *before, const struct run *run,
                 const struct rehearsed_project *project, struct baseline_failure *failure,
                 struct error *e);

/* Finds out which fixtures several of its scenarios will be given: fixture_store.h. */
void leg_share_fixtures(struct leg *leg);

/* Drops its databases. */
void leg_drop(struct leg *leg, const struct run *run);

void legs_release(struct run *run);
