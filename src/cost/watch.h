/*
 * Watching a migrator at the boundaries of its statements: what the relay's hooks do.
 *
 * When a statement has ended and the migrator has its answer, one prepared query for counters and
 * locks is sent on a connection of ours; its answer is waited for when the next statement is about
 * to go to the server, and looked into when that has gone. So the server does nothing for the
 * migrator meanwhile, and the migrator waits for our query only as far as it is quicker than that.
 */
#pragma once
#include "cost/cost.h"
#include "cost/counters.h"
#include "cost/lock_sampler.h"
#include "cost/relations.h"
#include "relay/hooks.h"

/* What is known of a statement beside what the relay's ledger says. */
struct watched_statement {
    struct cost_counters counters;
    size_t transaction; /* from 1; 0: none */
    bool truncates;
};

struct watched_connection {
    char transaction; /* after its last statement: 'I', 'T', 'E' */
    size_t number;    /* of the transaction it is in; 0: none */
    bool strong;      /* which keeps writers waiting, so may have given tables other files */
};

enum boundary_stage {
    BOUNDARY_NONE, /* or it is dealt with */
    BOUNDARY_DUE,
    BOUNDARY_ASKED,
    BOUNDARY_ANSWERED,
};

/* The last boundary. */
struct watched_boundary {
    enum boundary_stage stage;
    struct lock_moment moment;
    size_t connection;
    bool alone; /* the statement was a transaction of its own */
    bool wants_relations;
    char transaction;
    PGresult *rows, *relations;        /* answers */
    struct counter_reading afterwards; /* after `relations` where those count themselves */
};

struct watch {
    const struct cost_request *request;
    struct connection server; /* to request->server_url */
    struct connection inside; /* to the migrated database; only at its transactions' ends */
    bool inside_counts;       /* what we do there is counted with what the migrator does */
    struct counter_source source;
    struct counter_reading first, last;
    struct relations relations;
    struct lock_sampler locks;
    struct watched_statement *statements; /* by number - 1 */
    size_t statement_count;
    struct watched_connection *connections; /* by number - 1 */
    size_t connection_count;
    size_t transactions;
    struct watched_boundary boundary;
    struct lock_moment begun; /* a statement that the sampler has yet to hear of; 0: none */
    double waited;            /* seconds that the migrator waited for us */
    bool blind;               /* a session's locks are not seen */
    struct text missing;      /* one line */
    struct error trouble;     /* the watching itself has failed; nothing more is asked */
};

/* Connects and looks for the first time. Close in any case. */
bool watch_open(struct watch *w, const struct cost_request *request, struct error *e);

/* For relay_start(); valid as long as `w`. */
struct relay_hooks watch_hooks(struct watch *w);

/* The migrator has ended: takes in what is still to come, and looks for the last time. */
bool watch_finish(struct watch *w, struct error *e);

/* Adds a line to what is missing. */
void watch_misses(struct watch *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

void watch_close(struct watch *w);
