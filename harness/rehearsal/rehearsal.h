/*
 * A scenario being rehearsed: the ground the verbs build on. A verb begins a step, plans its
 * checks, asks whether it is to run, and concludes each check once:
 *
 *     step_begin(r, "the current revision is %s", revision);
 *     struct check *c = step_check(r, "current", "the migrator reports %s", revision);
 *     if (!step_runs(r))
 *         return;
 *     … check_pass(r, c) or check_finding(r, c, …) or check_error(r, c, …)
 *
 * Walked or run, the code is the same, so plan and run cannot differ.
 */
#pragma once
#include "pgrehearse/scenario.h"

#include "ground/clone.h"
#include "rehearsal/run.h"
#include "rehearsal/slots.h"

struct rehearsal {
    const struct run *run;
    struct scenario_record *record;
    const char *subject;                 /* the fault that THE_FAULT stands for; NULL: none */
    char *slug;                          /* of the record's name, short, for files and databases */
    bool walking;                        /* plan only */
    size_t next_step;                    /* index into the record */
    size_t next_check;                   /* index into the step */
    struct step *step;                   /* the one in progress */
    const struct suite_fixture *fixture; /* whose rows the database has; NULL: none */
    bool at_scale;                       /* the database holds as much as production does */
    bool on_copy;                        /* it is a copy of production */
    char *latched;  /* why the steps from here on are not run; NULL: they are */
    char *database; /* the throwaway database; NULL until it is made */
    char *url;      /* of that database, for ourselves */
    char *migrator_url;
    struct connection connection; /* to that database */
    char *lacking;                /* while walking: what the suite has no data for; NULL: nothing */
    struct slot *slots;           /* what verbs keep: slots.h */
};

/*
 * Walks (plans) or runs a whole scenario. Walking returns NULL, or why the scenario is not usable
 * for this suite, to be freed: the suite declares nothing that it could be rehearsed with.
 */
char *rehearsal_walk(const struct run *run, const struct scenario *scenario,
                     struct scenario_record *record);
void rehearsal_run(const struct run *run, const struct scenario *scenario,
                   struct scenario_record *record);

/* The same without running a step: why they are not run is in `reason`. */
void rehearsal_skip(const struct run *run, const struct scenario *scenario,
                    struct scenario_record *record, const char *reason);

void step_begin(struct rehearsal *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * A check of the step. `kind` is the framework's name for it; what it covers beside the
 * requirements that the suite's requirements.yaml gives the kind, is in `requirements`.
 */
struct check *step_check(struct rehearsal *r, const char *kind, const char *requirements,
                         const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Whether the step is to be run: it is neither walked nor latched. */
bool step_runs(const struct rehearsal *r);

/* One of the measures that have a fixed name and unit; `limit` 0: none. */
void step_measure_as(struct rehearsal *r, enum measure_id measure, double value, double limit);

/* One that is named after a table, a probe or a step of the migrator's log. */
void step_measure(struct rehearsal *r, const char *name, const char *unit, double value,
                  double limit);

/* What a finding can show; each member may be NULL. */
struct evidence {
    const char *remedy, *expected, *found, *detail, *sql, *sqlstate;
    const char *cause; /* words of the server or the migrator; other checks may meet the same */
    const char *file;  /* of the migration, in which it is wrong */
    unsigned line;     /* of the file, from 1; 0: not known */
};

void check_pass(struct rehearsal *r, struct check *c);
void check_finding(struct rehearsal *r, struct check *c, const struct evidence *evidence,
                   const char *format, ...) __attribute__((format(printf, 4, 5)));

/*
 * What is not a reason against the migration: a warning or a note. And a check that could not be
 * made, for this reason, and would not have been one either.
 */
void check_remark(struct rehearsal *r, struct check *c, enum check_level level,
                  const struct evidence *evidence, const char *message);
void check_skip(struct rehearsal *r, struct check *c, const char *why);

/* We could not check: latches, since what comes after builds on the same ground. */
void check_error(struct rehearsal *r, struct check *c, const struct error *e);

/* The steps from here on are not run, for this reason; the first one stays. */
void rehearsal_latch(struct rehearsal *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Notes, while walking, that the scenario needs what the suite does not declare; first one wins. */
void rehearsal_lacks(struct rehearsal *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same of what a suite would declare; of a project in words that hold for all of that. */
void rehearsal_lacks_declaration(struct rehearsal *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Makes the scenario's throwaway database, a clone of `template` or with NULL an empty one; then
 * its name and URLs are known, but nobody is connected.
 */
bool rehearsal_make_database(struct rehearsal *r, const char *template, struct error *e);

/* Clones `template` (NULL: an empty database) for this scenario and `purpose` (NULL: its own). */
bool rehearsal_clone(const struct rehearsal *r, const char *purpose, const char *template,
                     struct clone *clone, struct error *e);

/* Whether a database of this scenario has to go when the scenario ends, not only with the run. */
bool rehearsal_is_in_the_way(const struct rehearsal *r);

/* The suite's name of a revision. */
const char *rehearsal_revision(const struct rehearsal *r, enum rehearsed_revision revision);
