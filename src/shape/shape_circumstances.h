/* What of a shape a migration runs under: settings, roles, rights. */
#pragma once
#include "shape/shape.h"

/*
 * As one JSON object for queries: "owner"; "settings" and "database_settings" (role, name, value);
 * "roles" (name, rights); "members" (role, member); "role_settings" (role, here, name, value);
 * "grants" (on, to, rights); "owners" (name, owner) of tables. The same of equal shapes. To be
 * freed.
 */
char *shape_circumstances(const struct shape *shape);

/*
 * The role that owns most of its tables, and therefore is the one that migrates them; NULL: the
 * shape has none that is among its roles.
 */
const struct shape_role *shape_migrating_role(const struct shape *shape);
