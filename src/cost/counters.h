/*
 * Where the counters come from: pg_stat_statements (PostgreSQL manual, F.32), read in a database
 * that has the extension for another one of the same server. With track_utility it counts every
 * statement, DDL included, that succeeds; a parallel worker's share counts with its leader.
 */
#pragma once
#include "base/text.h"
#include "postgres/connection.h"
#include "record/cost_record.h"

struct counter_source {
    bool known;     /* there are counters */
    bool switched;  /* the database was told to count; counters_give_back() takes that back */
    char *query;    /* COUNTER_COLUMN_COUNT columns of one row; $2 is the database's oid */
    char *schema;   /* of the extension, quoted */
    char *database; /* its oid */
    char *name;     /* and its name */
};

enum { COUNTER_COLUMN_COUNT = 7 };

struct counter_reading {
    struct cost_counters counters; /* sums over all that the database's sessions ever did */
    int64_t forgotten;             /* how often the server has thrown entries away */
};

/*
 * Finds out, through `server`, whether the sessions of the database that `inside` is connected to
 * are counted from now on; if not, `known` is false and a reason goes to `missing`. With `is_ours`
 * it makes the extension. Where they are not `wanted`, there are none, without a reason. False only
 * when the server cannot be asked.
 */
bool counters_find(struct counter_source *s, struct connection *server,
                   const struct connection *inside, bool wanted, bool is_ours, struct text *missing,
                   struct error *e);

/* The first columns of the first row. */
struct counter_reading counters_read(const PGresult *rows);

/* What was added between two readings; all of it -1 if either is not known. */
struct cost_counters counters_between(const struct cost_counters *from,
                                      const struct cost_counters *to);

/* Adds; what is -1 in either is -1. */
void counters_add(struct cost_counters *sum, const struct cost_counters *more);

extern const struct cost_counters counters_unknown;

/* The database is told no longer to count, and its entries are forgotten where that is allowed. */
void counters_give_back(struct counter_source *s, struct connection *server);
void counters_release(struct counter_source *s);
