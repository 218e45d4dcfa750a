/* The roles that a copy needs. */
#pragma once
#include "production/sources/source_making.h"

/* Before the source is left: roles that the copy needs are made, or counted as missing. */
bool source_roles_make(struct source_making *m, const struct dump_scan *scan, struct error *e);

/* Makes a role that cannot log in, with these options of CREATE ROLE, unless it is there. */
bool role_make(struct connection *c, const char *name, const char *options, struct error *e);

/* After the restore: what was the owner's is the copy's owner's. */
bool source_roles_settle(struct source_making *m, struct error *e);
