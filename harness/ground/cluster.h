/*
 * What the databases of our embedded server share: roles, their memberships, settings and comments,
 * rights on parameters, tablespaces, databases that a migration makes. A second run of CREATE ROLE
 * would find the role of the first, and blame the migration for it.
 *
 * So each throwaway database has a view of the cluster of its own: what was shared when the
 * migrator last left it, or when its template was copied. Whoever runs the migrator, or reads what
 * is shared, enters with a database: its view is put in place, row by row in the system's catalogs,
 * and what other databases grant to roles does not keep those from being dropped. A view is exact:
 * a role that comes back has its own OID.
 *
 * Most migrations change nothing of this. Until the first upgrade has ended well, one user at a
 * time enters. If it changed nothing shared, all enter at will from then on; else one scenario at a
 * time goes on, to its end.
 *
 * On a server that is not ours nothing is put in place: what others do there is none of our
 * business. Slots and prepared transactions go with their databases, so scenarios take turns. A
 * migrator that makes a role there ends the run: whoever enters or leaves then gets the error.
 */
#pragma once
#include <stdbool.h>

#include "base/cancel.h"
#include "base/error.h"
#include "schema/snapshot.h"

struct cluster;

struct cluster *cluster_new(const char *url, bool ours, const struct cancel *cancel);
void cluster_free(struct cluster *c);

/* The server is about to be stopped, and comes back as it is; or as another cluster. */
void cluster_disconnect(struct cluster *c);
void cluster_restart(struct cluster *c);

/* The upgrades that come now are of another revision, and every database has this one's view. */
void cluster_begin(struct cluster *c, const char *template, const char *other);

/* `who` stands for a scenario, or is NULL where there is none yet. */
bool cluster_enter(struct cluster *c, const void *who, const char *database, struct error *e);

/*
 * `done`: the upgrade that the scenarios are about has ended well; before any scenario, a baseline
 * was built. What is shared now is the database's view.
 */
bool cluster_leave(struct cluster *c, const void *who, const char *database, bool done,
                   struct error *e);

/* Instead of leaving: nothing was changed, only read. */
void cluster_pass(struct cluster *c, const void *who);

/* The scenario has ended. */
void cluster_yield(struct cluster *c, const void *who);

/* Adds to a snapshot of the database, which has been entered, what is shared. */
bool cluster_describe(struct cluster *c, const char *database, struct snapshot *s, struct error *e);

/* Whether a migrator changed what is shared, so that one scenario at a time goes on. */
bool cluster_is_taken_in_turns(struct cluster *c);

/* Whether it is known that migrators change nothing of it, so that all enter at will. */
bool cluster_is_apart(struct cluster *c);

/*
 * Of a failure on a server that is not ours: whether the migrator's words name, in double quotes, a
 * role that is new there. Then it may be one of an earlier trial; the error says so.
 */
bool cluster_has_stranger(struct cluster *c, const char *words, struct error *e);

/* Drops the roles that the migrator made on a server that is not ours, once no database has them.
   False with the error if one stays. */
bool cluster_remove_made(struct cluster *c, struct error *e);

/* `database` is a copy of `template`; NULL: of nothing. */
bool cluster_copied(struct cluster *c, const char *template, const char *database, struct error *e);
