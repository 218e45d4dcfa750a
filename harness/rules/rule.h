/*
 * Rules: checks that need no declaration. A rule looks at the database as it was and as it is, or
 * at the ledger of what the upgrade did, and reports what nobody would have wanted.
 *
 * A sound migration raises no finding. What may be meant is a warning, what others have to know a
 * note; neither fails a run. A rule that could not look is not run, and says why.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "postgres/connection.h"
#include "record/cost_record.h"
#include "record/record.h"
#include "shape/shape.h"

/* One occurrence. The strings belong to it. */
struct sighting {
    char *object;   /* "table public.orders" */
    char *evidence; /* what is wrong with it, to be read after the object's name */
    char *remedy;   /* with the object filled in; NULL: the rule's own */
    bool is_judged; /* a figure decides: its level is this one, not the rule's */
    enum check_level level;
};

/* A second run of the migrator elsewhere: on a clone of the database as it was. */
struct rule_journey {
    const char *prepare; /* SQL for the clone, before the migrator comes; NULL: none */
    const char *place;   /* what is unlike here: "where the time zone is UTC" */
    bool back;           /* down again, too */
    /* Called where the database is at the target; NULL: nobody is. */
    bool (*visit)(void *visitor, struct connection *there, struct error *e);
    void *visitor;
};

/* What became of a database that has the history of the commit where the branch began, when the
   history as it is now was applied to it. The strings are the caller's, to be freed. */
struct rule_relived {
    char *rewritten; /* how the histories differ; NULL: they do not, the rest is NULL as well */
    char *file;      /* of the first revision that differs, absolute; NULL: it is gone */
    char *outcome;   /* in what it is unlike a new database; NULL: in nothing */
    char *obstacle;  /* why that could not be tried; NULL: it was */
    char *remedy;    /* for the outcome */
};

/* What rules look at. The databases are throwaway ones; a rule leaves them as they were, except for
   the values of sequences. */
struct rule_ground {
    struct connection *before;      /* as it was at the baseline, with its rows */
    struct connection *after;       /* the same rows after the upgrade */
    struct connection *back;        /* after the rollback; NULL: not rolled back */
    const struct cost_record *cost; /* of the upgrade; NULL: not measured */
    char *const
        *own_tables; /* the migrator's, which it keeps as it likes: nothing is seen of them */
    size_t own_table_count;
    /*
     * Makes the journey. `there` is a connection to its clone, until the next one begins; `trouble`
     * (to be freed) is why the migrator failed there. NULL: it cannot be asked for.
     */
    bool (*travel)(void *context, const struct rule_journey *journey, struct connection **there,
                   char **trouble, struct error *e);
    /*
     * Dumps and restores the database `after` the upgrade, or before it. `trouble` (to be freed) is
     * what pg_restore ran into; `obstacle` (to be freed) why there is no dump. NULL: it cannot be
     * asked for.
     */
    bool (*restore)(void *context, bool after, char **trouble, char **obstacle, struct error *e);
    /*
     * How long tables will be locked with production's rows, as JSON (to be freed): name, rows,
     * estimate, low, high, tolerated, all times in seconds. NULL: production's rows are not known.
     */
    char *(*forecast_holds)(void *context, struct error *e);
    /* NULL: the revisions are compared with none. */
    bool (*relive)(void *context, struct rule_relived *relived, struct error *e);
    void *context;       /* of all four */
    char *hold_forecast; /* what it gave */
    /* Kept from one rule to the next; NULL until one asks. */
    char *behind;                   /* tables with a sequence that is, each on a line */
    char *trials;                   /* writes that fail after the upgrade */
    char *hold_before, *hold_after; /* what others may have to wait for */
    char *hold_written;             /* rows that were written after a table was changed */
    char *outside_before;           /* what was outside of the database, set beforehand */
    bool server_is_ours;
    const struct shape *shape;           /* of production; NULL: not known */
    struct statement_trials *statements; /* of the shape, as they do before and after */
    /* For rules of the rollback, which come when the target is gone. */
    char *columns_after, *bounds_after;
    char *dates_after; /* digests of the columns that hold dates */
    char *trial_plan;  /* the writes that are tried */
};

/* What a rule has measured on the way; see step_measure(). */
struct rule_measurement {
    char *name, *unit;
    double value, limit;
};

/* What one rule has seen. Zero-initialised, with the ground set, it is ready. */
struct rule_look {
    const struct rule *rule; /* which looks: set by rule_run() */
    struct rule_ground *ground;
    struct sighting *sightings;
    size_t count;
    char *not_run; /* why the rule could not look, in a line; NULL: it did */
    char *file;    /* that is at fault, absolute, where the rule itself knows it; or NULL */
    struct rule_measurement *measurements;
    size_t measurement_count;
};

enum rule_moment {
    RULE_UPGRADED,
    RULE_ROLLED_BACK,
    RULE_OF_HISTORY, /* before any scenario: there is no database yet, only `relive` */
};

struct rule {
    const char *name;       /* "lost-in-passing" */
    enum check_level level; /* of what it sees */
    enum rule_moment moment;
    bool is_of_way_back;  /* what it sees is that the rollback did not bring the schema back */
    bool needs_shape;     /* it looks at production's shape; without one it does not apply */
    bool needs_run;       /* it looks at what only a run of the migrator shows: its ledger */
    const char *property; /* what holds of a sound migration: "nothing is lost in passing" */
    const char *sees;     /* in a sentence or two */
    const char *why;
    const char *remedy;
    const char *source; /* where such things happened */
    /* False, with the error set, when the databases could not be asked. */
    bool (*check)(struct rule_look *look, struct error *e);
};

/* Rules, in the order in which they are run. */
struct rule_list {
    const struct rule *const *items;
    size_t count;
};

/* All of ours; plugins add to them. */
extern const struct rule_list rule_table;

/* NULL if there is none of that name. */
const struct rule *rule_find(const struct rule_list *list, const char *name);

/* The names of all, to be freed; the names themselves are not. */
const char **rule_names(const struct rule_list *list);

/* "did you mean 'NAME'?", or where the names are to be seen; to be freed. */
char *rule_remedy(const struct rule_list *list, const char *name);

/* Runs it; the sightings are sorted by object. */
bool rule_run(const struct rule *rule, struct rule_look *look, struct error *e);

void rule_look_release(struct rule_look *look);

void rule_ground_release(struct rule_ground *ground);
