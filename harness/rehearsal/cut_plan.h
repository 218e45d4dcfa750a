/*
 * Where a migrator is cut off, and in which manners.
 *
 * A boundary lies between two statements: to the server, after the one is the same as before the
 * next one of the same connection. Every boundary is tried. Boundaries in one transaction, or
 * outside of any, whose cuts leave the same in the database are one stretch: all manners are tried
 * in it, but not at each of its boundaries. docs/interrupted.md says why.
 */
#pragma once
#include "rehearsal/interruption.h"

struct cut_boundary {
    size_t after, before; /* the statements on its sides; 0: there is none, or on another line */
    bool joins;  /* no connection and no transaction begins or ends between it and the one before */
    bool inside; /* of a transaction */
    bool ends;   /* the next statement ends it */
};

struct planned_cut {
    struct cut_point point;
    size_t boundary; /* its index */
    bool again;      /* the migrator is run again afterwards, even if nothing was written */
};

/* Zero-initialised it is empty and valid. */
struct cut_plan {
    struct cut_boundary *boundaries;
    size_t boundary_count;
    struct planned_cut *cuts; /* in either round as the migration goes */
    size_t count;
    size_t first; /* of them, those of the first round */
    bool slow;
};

/*
 * Plans the first round: each boundary once, in each manner in turn, from the side of the statement
 * that was done. A `slow` migrator is cut off so outside of transactions, and in each transaction
 * where it begins, in the middle and before it ends; that is all.
 */
void cut_plan_begin(struct cut_plan *p, const struct ledger *l, bool slow);

/*
 * Adds the second round: in each stretch the manners that it lacks. `marks`, one for each boundary,
 * say what the first cut there has left: equal strings the same, NULL something unknown.
 */
void cut_plan_complete(struct cut_plan *p, char *const *marks);

/* In how many ways it could be cut off: each manner on each side of each boundary. */
size_t cut_plan_ways(const struct cut_plan *p);

void cut_plan_release(struct cut_plan *p);
