/* The leg's upgrade on a database that is thrown away at once, to learn what would come of it. */
#pragma once
#include "ground/baseline.h"
#include "rehearsal/leg.h"

struct tried_upgrade {
    char *database; /* that was upgraded; NULL: the upgrade failed */
    struct baseline_failure failure;
};

/*
 * Tries it on a clone of `template`, with the migrator's own rights (`as_itself`) or those of a
 * superuser; `purpose` is for the clone's name. False only when it could not be tried. To be
 * released in any case.
 */
bool tried_upgrade_make(struct tried_upgrade *t, const struct leg *leg, const char *template,
                        const char *purpose, bool as_itself, struct error *e);

/* Drops the database, if there is one; false, with the error, if that cannot be done. */
bool tried_upgrade_release(struct tried_upgrade *t, const struct leg *leg, struct error *e);
