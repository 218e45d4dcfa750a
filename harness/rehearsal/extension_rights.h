/*
 * A revision that makes an extension which only a superuser may make. Managed services let their
 * users make it, and elsewhere a DBA does: that it cannot be made by an owner is not a reason
 * against the migration.
 */
#pragma once
#include "rehearsal/leg.h"

/*
 * Where the leg's revision speaks of an extension and the migrator's role may not make it, leaves
 * the role a superuser for this leg. Not where the suite says which role it is to be.
 */
bool extension_rights_grant(struct leg *leg, const struct rehearsed_project *project,
                            struct error *e);
