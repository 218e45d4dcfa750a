/*
 * One call of a migrator: what its placeholders stand for, its command line, its environment, and
 * the files that are made for it and removed after it.
 */
#pragma once
#include "migrator/call_names.h"

/*
 * Makes command and environment for an action; `url` is that of the database as the migrator is
 * to reach it, `asked` as we do, `revision` may be NULL. Errors: ERROR_USAGE (no such command, no
 * such revision), ERROR_UNAVAILABLE (a file cannot be written, the database cannot be asked).
 * Release it in any case.
 */
bool call_prepare(struct call *c, const struct migrator *m, enum migrator_action action,
                  const char *revision, const char *url, const char *asked, struct error *e);

/* The template of an action; NULL: the migrator has none. */
const char *call_template(const struct suite_migrator *m, enum migrator_action action);

void call_release(struct call *c);
