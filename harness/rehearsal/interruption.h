/*
 * A migrator that is cut off at a statement: it runs through the relay, and at the chosen boundary
 * something happens to it.
 */
#pragma once
#include "rehearsal/run.h"
#include "relay/relay.h"

enum cut_manner {
    CUT_CLOSE,     /* its connection is closed */
    CUT_KILL,      /* it gets SIGKILL, and all that it has started */
    CUT_TERMINATE, /* the server ends its backend: pg_terminate_backend() */
};
enum { CUT_MANNERS = 3 };

struct cut_point {
    enum cut_manner manner;
    size_t statement; /* from 1; 0: it is not cut off at all */
    bool after;       /* when the server has done it, and the migrator does not know yet */
};

/* "cut by SIGKILL before statement 7 (DROP TABLE t)"; `l` tells the SQL. The caller frees it. */
char *cut_point_text(const struct cut_point *p, const struct ledger *l);

struct interruption {
    const struct run *run;
    enum migrator_action action;
    const char *revision;
    const char *url;          /* of the database, for the migrator */
    const char *folder;       /* for the relay's socket; nobody else's */
    struct connection *admin; /* where backends can be terminated from */
    double time_limit;        /* seconds; 0: none */
    struct cut_point point;
    void (*instead)(void *context); /* done there; it is not cut off. NULL: it is */
    void *context;
};

/*
 * Runs it. `*reached` says whether the point was there to be cut at; `ledger` (released by the
 * caller) may be NULL. False when it could not be run, among others where the server refuses
 * connections that are not encrypted. The result is to be released in any case.
 */
bool interruption_run(const struct interruption *i, bool *reached, struct ledger *ledger,
                      struct migrator_result *result, struct error *e);
