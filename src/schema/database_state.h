/*
 * All that a database holds, to be compared with another one or with the same one later: its
 * schema and the rows of every table, that in which a migrator keeps its version among them.
 */
#pragma once
#include "base/text.h"
#include "schema/fingerprint.h"
#include "schema/outside.h"
#include "schema/snapshot.h"
#include "schema/table_marks.h"

struct table_state {
    struct fingerprint rows;
    bool counted; /* its values are other ones each time, so only their number is compared */
    bool lent;    /* `rows` belongs to an earlier state */
};

/* Zero-initialised it is empty and valid, and leaves no table out. */
struct database_state {
    struct snapshot schema;
    struct table_state *tables;
    size_t table_count;
    char *const *left_out; /* tables that are not compared, "orders" or "public.orders"; borrowed,
                              and set before the state is taken */
    size_t left_out_count;
    enum outside_scope outside; /* what beside the schema is compared; set before, too */
    char *since;                /* the transaction from which on row versions count as new */
    char *
        *tallies; /* the queries that count each table's rows and new row versions, catalogs too */
    size_t tally_count;
    char *tally;              /* what they gave */
    struct table_marks marks; /* a table whose mark is the same later is not read again */
};

/*
 * `earlier`, which must outlive `s`, is a state of the same database or of another clone of its
 * template: new is then what was written since, and the rest is taken from there. NULL: there is
 * none.
 */
bool database_state_take(struct connection *c, const struct database_state *earlier,
                         struct database_state *s, struct error *e);

/*
 * The database at `c` came about in the same way as `s`: what differs all the same (random
 * identifiers, the time of day) is left out of later comparisons.
 */
bool database_state_settle(struct database_state *s, struct connection *c, struct error *e);

/*
 * Of these tables (names as left_out() takes them) only the number of rows is compared: what a
 * migrator writes down for itself is its own affair, and after a rollback its numbers have gaps.
 */
void database_state_count_only(struct database_state *s, char *const *tables, size_t count);

/*
 * Appends what differs in the database at `c`, separated by "; ", each side seen from `s`; nothing
 * if it holds the same. At most five differences are reported, the others counted. Where a sequence
 * stands is not compared: a transaction that is rolled back leaves gaps.
 */
bool database_state_compare(const struct database_state *s, struct connection *c,
                            struct text *differences, struct error *e);

/* The same of the rows alone. */
bool database_state_compare_rows(const struct database_state *s, struct connection *c,
                                 struct text *differences, struct error *e);

/*
 * Whether every table, those of the system's catalog included, has as many rows, and as many new
 * row versions, as it had. Ten times as quick as a comparison. With no new row version it says
 * that nothing at all was written; otherwise that as much was written as the last time.
 */
bool database_state_tallies(const struct database_state *s, struct connection *c, bool *same,
                            struct error *e);

/*
 * The tally of the database at `c`, to be freed; NULL where a table of the state is gone. The
 * connection keeps the plans, so the state has to outlive it; so it has in
 * database_state_tallies().
 */
bool database_state_tally(const struct database_state *s, struct connection *c, char **tally,
                          struct error *e);

/* Whether both have the same schema and the same rows. */
bool database_state_equal(const struct database_state *a, const struct database_state *b);

void database_state_release(struct database_state *s);
