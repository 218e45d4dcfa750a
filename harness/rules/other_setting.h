/* The migration where the database has another setting: the journey that rules of settings make. */
#pragma once
#include "rules/look.h"

struct other_setting {
    const char *name, *value; /* "TimeZone", "UTC" */
    const char *word;         /* what a reader calls it: "the time zone" */
};

/* What the setting is in a new session of the database; to be freed, NULL on failure. */
char *other_setting_at_home(struct connection *c, const char *name, struct error *e);

/*
 * Up and down again on a clone of the database whose sessions have the setting. `there` is as
 * travel() gives it; where the migrator fails, that is an occurrence, and `arrived` is false.
 * `visit` is called at the target, and may be NULL.
 */
bool other_setting_travel(struct rule_look *look, const struct other_setting *s,
                          bool (*visit)(void *visitor, struct connection *there, struct error *e),
                          void *visitor, struct connection **there, bool *arrived, struct error *e);
