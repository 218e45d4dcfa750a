/*
 * The rights that a dump is restored with: on our own server those of an owner, not of a superuser.
 * What an owner may not do and every dump asks for is done by us: its extensions are created, and
 * its roles may own what it gives them.
 */
#pragma once
#include "production/sources/source_making.h"

/*
 * Whether that is so for this copy: a dump that nobody has called trusted, on a server of ours
 * where our role is another than the one that restores.
 */
bool source_rights_are_lower(const struct source_making *m);

/* Before the restore; the role that restores is a superuser until then. */
bool source_rights_lower(struct source_making *m, const struct dump_scan *scan, struct error *e);

/* After it: the role is a superuser again, and nothing of ours is left in the copy. */
bool source_rights_raise(struct source_making *m, struct error *e);
