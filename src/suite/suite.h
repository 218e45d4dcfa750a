/*
 * A suite: a folder that describes one migration, read from its suite.yaml. docs/suite.md explains
 * every key. Everything that is peculiar to a migration is in here; the C code knows none of it.
 *
 * A project's pgrehearse.yaml is a suite whose every key is optional: what it does not say is
 * recognised or left out. In both, no preserved tables means all but the migrator's own, and a
 * fixture or a set of validations that is not declared is not asked for.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "suite/suite_migrator.h"

/* A rule with another level than its own. */
struct suite_rule {
    char *name;
    char *level; /* finding, warning, note or off */
};

/* A number that the command line can set: --NAME N. */
struct suite_size {
    char *name;
    uint64_t value;      /* the default */
    uint64_t production; /* from here on it counts as production scale; 0: always */
    uint64_t *maximum;   /* NULL: none */
    char *help;
};

struct suite_row_count {
    char *table;
    uint64_t count;
};

/* Data for a throwaway database: a file of SQL, then what a generator's recipe makes. */
struct suite_fixture {
    char *name;
    char *sql;                /* or NULL */
    char *recipe;             /* or NULL */
    struct suite_size *sizes; /* for the recipe, instead of the command line's; or NULL */
    unsigned size_count;
    struct suite_row_count *rows; /* how many the SQL file makes */
    unsigned row_count;
};

struct suite_validations {
    char *name;   /* "pre-migration" */
    char *folder; /* of .sql files */
};

struct suite_value {
    char *value;
    char *why;        /* what is peculiar to it: "upper case" */
    char **sqlstates; /* what counts as its refusal; empty for accepted values */
    unsigned sqlstate_count;
    char **requirements;
    unsigned requirement_count;
};

/* Values for one column and how to insert one of them. */
struct suite_values {
    char *table, *column;
    char *insert; /* one INSERT, the value as $1 */
    struct suite_value *values;
    unsigned value_count;
};

/* One thing done to a database to plant a fault or to repair it: just one of the members is set. */
struct suite_action {
    char *sql;    /* sent as it is; several statements are one transaction */
    char *fails;  /* beside sql: the SQLSTATE with which it has to fail; NULL: it has to succeed */
    char *hold;   /* SQL for a second session, whose transaction stays open */
    bool release; /* that transaction is rolled back, its session ended */
    char *stamp;  /* a revision that the migrator is told to write without running anything */
};

/* What an upgrade does that meets a fault. It follows from what the suite declares. */
enum suite_fault_shape {
    FAULT_REFUSED,        /* it fails by itself, with a message */
    FAULT_WAITS,          /* its plant ends while it holds a lock: the upgrade waits for that */
    FAULT_MADE_BEFOREHAND /* it `keeps` something: the upgrade takes it over */
};

/* Something wrong with a database, which the migrator has to mention, and how to repair it. */
struct suite_fault {
    char *name;
    char *title;  /* of its scenario; NULL: a usual one */
    char **after; /* faults that the same scenario meets and repairs first */
    unsigned after_count;
    bool deployment; /* the scenario `deployment` makes the migration fail with it */
    struct suite_action *plant;
    unsigned plant_count;
    char *message; /* extended regex: the migrator's message, of the suite's own migrations */
    char *words;   /* the same, whatever the case, of anybody's migrations; NULL: any message */
    struct suite_action *remedy;
    unsigned remedy_count;
    char **keeps; /* relations that the upgrade has to leave as they are, down to their files */
    unsigned keep_count;
    double time_limit; /* seconds that an upgrade which waits gets; 0: the suite's */
    char **requirements;
    unsigned requirement_count;
};

/* A line of the deployment's checklist: shown by checks of a rehearsal, or left to a person. */
struct suite_checklist_line {
    char *text;
    char *part;    /* the heading under which it stands; NULL: none */
    char **checks; /* kinds of checks, each of which has to be there and to pass */
    unsigned check_count;
    char **scenarios; /* in which they are looked for; without checks every check of these */
    unsigned scenario_count;
    char **steps; /* beginnings of the titles of steps: only in these are they looked for */
    unsigned step_count;
    bool on_copy; /* they show it of a copy alone: it is still to be done */
    char *note;   /* what a person has to do, or why; NULL: nothing to say */
};

/*
 * What an upgrade may cost at most. Just one figure is limited: how long a lock is held, how long a
 * probe waits, how many tables are rewritten, how much is written, or, with `seconds` alone, the
 * time from the first statement to the end of the last.
 */
struct suite_budget {
    char *lock;      /* a mode as pg_locks has it, "AccessExclusiveLock"; stronger ones count too */
    char *probe;     /* by name; it is asked while the upgrade runs */
    char *table;     /* beside lock and rewrites: this table only; NULL: any */
    double *seconds; /* beside lock, probe or alone */
    uint64_t *rewrites, *wal_bytes, *temp_bytes;
    char **requirements;
    unsigned requirement_count;
};

/* How long the upgrade may keep others from a table in production. */
struct suite_stall {
    char *table; /* NULL: every table that has no limit of its own */
    double seconds;
};

/* A query of the application, asked again and again while an upgrade runs. */
struct suite_probe {
    char *name;
    char *sql;        /* one statement */
    char *parameters; /* a query that gives $1 and so on, each row in its turn; NULL: none */
    bool writes;
};

struct suite_requirement {
    char *id;      /* "FR-001" */
    char *text;    /* in short */
    char **checks; /* kinds of the framework's checks that cover it: "delta", … */
    unsigned check_count;
};

/* With which rights the migrator is rehearsed on a server of ours. */
enum suite_role {
    SUITE_ROLE_USUAL = 0, /* the owner; a superuser where it makes an extension that needs one */
    SUITE_ROLE_OWNER,
    SUITE_ROLE_SUPERUSER
};

struct suite {
    char *folder;     /* as it was found; not in the file */
    const char *file; /* its name; the same */
    char *name, *title;
    char *suite;       /* of a pgrehearse.yaml: the suite that is meant in its folder; or NULL */
    char *data, *base; /* of a project: its rows, and what is there first; files, or NULL */
    char *baseline, *target;
    char **extensions;
    unsigned extension_count;
    double *given_time_limit; /* as the file has it; or NULL */
    double time_limit;        /* seconds, for the upgrade */
    enum suite_role role;
    char *encoding, *locale; /* of the databases; NULL: UTF8, and the server's own */
    bool atomic; /* cut off anywhere, the migration has to leave everything as before or as after */
    struct suite_migrator *migrators; /* at least one; the first is the default */
    unsigned migrator_count;
    struct suite_migrator *migrator; /* of a project: what is unlike its profile; or NULL */
    char **preserved_tables;
    unsigned preserved_table_count;
    char *delta;                /* the approved one; NULL: none yet */
    char *deployment;           /* the file that says how it is deployed; or NULL */
    char *rehearsed_deployment; /* the same of an application to rehearse with; or NULL */
    struct suite_validations *validations;
    unsigned validation_count;
    struct suite_rule *rules;
    unsigned rule_count;
    struct suite_size *sizes;
    unsigned size_count;
    struct suite_fixture *fixtures;
    unsigned fixture_count;
    struct suite_values *accepts, *rejects;
    unsigned accept_count, reject_count;
    struct suite_fault *faults;
    unsigned fault_count;
    struct suite_stall *tolerated_stalls;
    unsigned tolerated_stall_count;
    struct suite_budget *budgets;
    unsigned budget_count;
    struct suite_probe *probes;
    unsigned probe_count;
    char *requirements_file; /* or NULL */
    struct suite_requirement *requirements;
    unsigned requirement_count;
    struct suite_checklist_line *checklist;
    unsigned checklist_count;
};

/*
 * Reads the suite in `folder`. A mistake in it is an ERROR_USAGE that names file, key and what was
 * expected. The caller releases with suite_free(). NULL on failure.
 */
struct suite *suite_load(const char *folder, struct error *e);

/* The same of the pgrehearse.yaml in a project's folder; without one, of an empty one. */
struct suite *suite_load_project(const char *folder, struct error *e);

void suite_free(struct suite *s);

/* By name; NULL, with an ERROR_USAGE that names the nearest, or all, where it is not found. */
const struct suite_migrator *suite_find_migrator(const struct suite *s, const char *name,
                                                 struct error *e);
/* By name; NULL if it is not declared. */
const struct suite_fixture *suite_find_fixture(const struct suite *s, const char *name);
const struct suite_validations *suite_find_validations(const struct suite *s, const char *name,
                                                       struct error *e);

/* NULL if the suite has no such fault; no error: not every suite needs every fault. */
const struct suite_fault *suite_find_fault(const struct suite *s, const char *name);

enum suite_fault_shape suite_fault_shape(const struct suite_fault *f);

/* Whether it has a scenario of its own: no other fault comes after it. */
bool suite_fault_stands_alone(const struct suite *s, const struct suite_fault *f);

/* `relative` within the suite's folder (an absolute path stays; NULL: the folder itself); the
   caller frees it. */
char *suite_path(const struct suite *s, const char *relative);

/* The requirements that a kind of check covers, "FR-001 FR-002", "" for none; to be freed. */
char *suite_requirements_of(const struct suite *s, const char *kind);
