/*
 * The ledger of what a migration costs: one action of a migrator on one database, and the record
 * of every statement, lock, rewritten table and counter. docs/cost.md says where each figure comes
 * from and how far it can be trusted.
 *
 * We watch from other sessions, at the boundaries that the relay shows us: what is asked for there
 * is asked while the migrator has no statement under way. Counters are those of
 * pg_stat_statements (PostgreSQL manual, F.32), which count for each statement what its own
 * backends did, so others who use the same server do not count; but whoever else works in the same
 * database does.
 */
#pragma once
#include "migrator/migrator.h"
#include "record/cost_record.h"

struct cost_request {
    const struct migrator *migrator;
    enum migrator_action action;
    const char *revision;     /* NULL where the action needs none */
    const char *migrator_url; /* of the database, for the migrator */
    const char *url;          /* of the same database, for ourselves */
    /* Of another database of the same server: we look from there, so that we do not count. */
    const char *server_url;
    const char
        *folder; /* for the relay's socket: nobody else's meanwhile; made if it is not there */
    double time_limit;           /* seconds; 0: none */
    const struct cancel *cancel; /* may be NULL */
    bool is_ours; /* the server is: an extension may be made in the database of server_url */
    bool without_counters; /* others will work in the same database, so they would tell nothing */
};

/*
 * Runs the action and sets `*record`, which the caller frees with cost_record_free(). How the
 * migrator ended is in `result`, to be released in any case; one that failed has a record too.
 * What cannot be determined is -1 or absent, and record->missing says why: that is not an error.
 * False only when the action could not be run or the database could not be asked; `*record` is NULL
 * then.
 */
bool cost_measure(const struct cost_request *request, struct cost_record **record,
                  struct migrator_result *result, struct error *e);

/*
 * Brings a database of ours into the state in which every measurement begins, so that the same
 * migration gives the same counters: VACUUM and ANALYZE, as autovacuum would have done it in
 * production (no row lacks its hint bits), and with `is_ours` a CHECKPOINT (no buffer is dirty).
 * Of a template once, before it is cloned, is as good.
 */
bool cost_prepare(const char *url, bool is_ours, const struct cancel *cancel, struct error *e);
