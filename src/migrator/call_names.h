/* What the placeholders of a migrator's templates stand for in one call of it. */
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

/* The template with the names filled in, as words of a shell if `quoted`; to be freed. */
char *call_fill(const struct call *c, const char *template, bool quoted);

/* Gives a placeholder its value, which is taken over. */
void call_name(struct call *c, const char *name, char *value);
