/*
 * The run record: what a run found, as the tree run → scenario → step → check and measurement.
 *
 * It is first planned (a scenario is walked without being run, everything NOT_RUN), then filled
 * in place. Only its own scenario's thread writes to a scenario; reporters only read. The record
 * owns every string in it: the functions copy what they are given.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "record/cost_record.h"
#include "record/measure_table.h"

enum outcome {
    OUTCOME_NOT_RUN = 0, /* has not passed */
    OUTCOME_PASSED,
    OUTCOME_FINDING, /* the migration is bad */
    OUTCOME_ERROR,   /* we could not check */
};

/*
 * How grave is what a check has seen. A warning and a note are not a reason against the migration:
 * the outcome is OUTCOME_PASSED, with a message, or OUTCOME_NOT_RUN where it could not be seen,
 * which then is not a reason either. Reports show them apart.
 */
enum check_level { LEVEL_FINDING = 0, LEVEL_WARNING, LEVEL_NOTE };

struct check {
    char *name;         /* unique within its scenario */
    char *kind;         /* which of the program's own checks it is: "delta"; NULL: not reported */
    char *requirements; /* ids, separated by one blank: "FR-001 FR-017"; "" for none */
    enum outcome outcome;
    enum check_level level;
    double seconds; /* how long it took; 0 where it was not timed */
    /* Set when the outcome is not PASSED or the level is not FINDING; each may be NULL. */
    char *message;  /* one line: what is wrong; for NOT_RUN: why */
    char *cause;    /* one line: the words of the server or the migrator that are beneath it */
    char *remedy;   /* one line: what to do */
    char *expected; /* may have several lines, as the next four */
    char *found;
    char *detail; /* further evidence: rows, log lines */
    char *sql;    /* the statement that asked */
    char *sqlstate;
    char *file;    /* in which it is wrong, as the user knows it; NULL: not known */
    unsigned line; /* of the file, from 1; 0: not known */
};

/* "finding", "warning", "note" */
const char *check_level_name(enum check_level level);

struct measurement {
    char *name;
    char *unit; /* "s", "rows", "bytes" */
    double value;
    double limit; /* 0: none */
};

struct step {
    char *title;
    struct check *checks;
    size_t check_count;
    struct measurement *measurements;
    size_t measurement_count;
    double started; /* seconds since the run started; 0 before it has */
    double seconds;
};

struct scenario_record {
    char *name;     /* "existing-data"; over a range of revisions "existing-data (0012_add_x)" */
    char *revision; /* that is rehearsed; NULL: the run's target */
    char *file;     /* of that revision, as the user knows it; NULL: not known */
    char *title;    /* a sentence */
    char *database; /* of the throwaway database; NULL until it is made */
    struct step *steps;
    size_t step_count;
    double started; /* seconds since the run started */
    double seconds;
    struct cost_record *cost; /* what its upgrade cost; NULL: not asked */
    size_t retries;           /* how often it was tried again, since it could not be checked */
    char *retried_after;      /* one line: why, the first time; NULL: it was tried once */
    char *server_version;     /* where each scenario has its own; NULL: the run's circumstance */
};

/* Of a run that is one of several: which part, and the names of the scenarios of all parts. */
struct partition {
    size_t number, count; /* number from 1; count 0: the run is whole */
    char **scenarios;
    size_t scenario_count;
};

/* A fact about the circumstances: name and value, shown as they are. */
struct circumstance {
    char *name; /* "server_version", "setting.fsync" */
    char *value;
};

/* What the migration must do; checks name those they cover by id. */
struct requirement_record {
    char *id, *text;
};

struct run_record {
    char *id;            /* 12 hexadecimal digits, random */
    char *version;       /* of pgrehearse */
    char started_at[24]; /* UTC, ISO 8601 */
    double seconds;
    char *suite;      /* its name */
    char *suite_path; /* its folder as given */
    char *migrator;
    char *migrations; /* the folder the migrator works in */
    char *baseline, *target;
    struct circumstance *circumstances;
    size_t circumstance_count;
    struct requirement_record *requirements;
    size_t requirement_count;
    struct scenario_record *scenarios;
    size_t scenario_count;
    struct forecast_record *forecast; /* NULL: not asked */
    struct trend *trends;
    size_t trend_count;
    char *error; /* one line: why the run as a whole could not check; NULL if it could */
    bool interrupted;
    struct partition partition;
    bool open_ended; /* steps are added while it goes on: the plan is known at the end only */
};

/* Planning. The returned pointer is valid until the next one is added to the same parent. */
struct scenario_record *record_add_scenario(struct run_record *r, const char *name,
                                            const char *title);
struct step *record_add_step(struct scenario_record *s, const char *title);
struct check *record_add_check(struct step *s, const char *name, const char *requirements);

void record_add_requirement(struct run_record *r, const char *id, const char *text);

/*
 * Of an empty record: what another says of its run, such as suite, migrator and revisions, and the
 * requirements; circumstances and results stay out.
 */
void record_begin_as(struct run_record *r, const struct run_record *other);

/* Facts found on the way. */
void record_add_measurement(struct step *s, const char *name, const char *unit, double value,
                            double limit);
void record_add_measure(struct step *s, enum measure_id measure, double value, double limit);
void record_add_circumstance(struct run_record *r, const char *name, const char *value);

/* Frees its steps, its cost and the name of its database, so that it can be planned again. */
void record_forget_steps(struct scenario_record *s);

/* Removes the scenarios for which `keep`, an array with one item for each, is false. */
void record_keep_scenarios(struct run_record *r, const bool *keep);

void record_release(struct run_record *r);

/* "passed", "finding", "error", "not run": the words of every report. */
const char *outcome_name(enum outcome outcome);

/* How many checks of the scenario (of the whole run) ended so; and how many there are. */
size_t scenario_count_outcome(const struct scenario_record *s, enum outcome outcome);
size_t scenario_count_checks(const struct scenario_record *s);

/* The warnings or the notes of the whole run that say something. */
size_t record_count_level(const struct run_record *r, enum check_level level);
size_t record_count_outcome(const struct run_record *r, enum outcome outcome);
size_t record_count_checks(const struct run_record *r);
