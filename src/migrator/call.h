/*
 * One call of a migrator: what its placeholders stand for, its command line, its environment, and
 * the files that are made for it and removed after it.
 */
#pragma once
#include "migrator/migrator.h"
#include "postgres/url.h"

enum { CALL_MOST_NAMES = 32 };

struct call_name {
    const char *name; /* "url" */
    char *value;      /* owned */
};

/* Zero-initialised it is empty and valid. */
struct call {
    const struct migrator *migrator;
    enum migrator_action action;
    struct url url; /* of the database, as the migrator reaches it */
    struct call_name names[CALL_MOST_NAMES];
    size_t name_count;
    char *staged; /* folder of the files made for it; NULL: none yet */
    char *command;
    char **environment; /* NAME=VALUE to set, NAME to unset; NULL-terminated */
};

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

/* The template with the names filled in, as words of a shell if `quoted`; to be freed. */
char *call_fill(const struct call *c, const char *template, bool quoted);

/* Gives a placeholder its value, which is taken over. */
void call_name(struct call *c, const char *name, char *value);

void call_release(struct call *c);
