/*
 * The embedded server as production has it, where the run has a shape of production: settings of
 * the server, of the database and of roles, the roles themselves, owners and rights. A migrator
 * meets there what it meets in production. Nothing of this is a secret: a shape has no passwords.
 *
 * The migrator logs in with its own role, and acts as the one that owns most of production's tables
 * (a setting of its role in the database, so that every client obeys). If that role is a superuser
 * in production, the migrator is one here. Where the suite says `role: superuser`, it stays one.
 *
 * On a server given by URL, and for a certification, whose copy brings its own, nothing is done.
 */
#pragma once
#include "ground/baseline.h"

struct shaped;

/*
 * Sets what production's server has set; the server is restarted for it if something is. Makes
 * g->shaped, unless there is nothing to do; shaped_free() it. The server has no other session.
 */
bool shaped_open(struct ground *g, struct error *e);
void shaped_free(struct shaped *s);

/*
 * Before the first revision: production's roles are made, and the database gets its owner. The
 * database has been entered (cluster.h).
 */
bool shaped_begin(const struct ground *g, const char *database, struct error *e);

/*
 * Whether the migrator failed since it makes one of these roles itself: next time it is not there.
 */
bool shaped_yields(const struct ground *g, const struct baseline_failure *failure);

/* At the baseline: the database gets production's settings, owners and rights. Again does no harm.
 */
bool shaped_settle(const struct ground *g, const char *database, struct error *e);

/* What of the circumstances decides how a baseline comes out; NULL: nothing. */
const char *shaped_key(const struct ground *g);

/* One line for people on what is as in production, and what is not; to be freed. */
char *shaped_summary(const struct ground *g);
