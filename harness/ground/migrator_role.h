/*
 * The role that the migrator logs in with on the embedded server. Its name is `postgres`, and it
 * has the rights of a managed service's first user: it owns the database and may create databases
 * and roles, but it is not a superuser. We ourselves log in as the cluster's superuser, which has
 * another name.
 *
 * Baselines are built with a superuser's rights, since production has them already, however they
 * came about: for that time the role is promoted. On a server given by URL there is one account for
 * all, and nothing here does anything.
 */
#pragma once
#include "ground/ground.h"

/* Makes the role, or gives it back the rights that it should have, on a server of ours. */
bool migrator_role_make(struct connection *c, bool superuser, const char *password,
                        struct error *e);

/* Whether the migrator's rights are less than ours. */
bool migrator_role_is_owner(const struct ground *g);

/* Until migrator_role_demote(), the migrator is a superuser. */
bool migrator_role_promote(const struct ground *g, struct error *e);

/*
 * Takes those rights away again, and leaves nothing at `url` that they alone allowed: what has to
 * belong to a superuser becomes ours, and the role becomes a member of the roles that were made
 * meanwhile. NULL: nothing was made.
 */
bool migrator_role_demote(const struct ground *g, const char *url, struct error *e);
