/* ${NAME} in a text, filled in from the environment; what is filled in counts as a secret. */
#pragma once
#include "base/error.h"
#include "deployment/secrets.h"

/*
 * `text` with each ${NAME} filled in from `variables` (NAME=VALUE, NULL-terminated; or NULL), else
 * from the environment; the values are added to `secrets` (may be NULL). NULL, with an
 * ERROR_USAGE that names the variable, where one is not set. The caller frees it.
 */
char *expansion_of(const char *text, const char *const *variables, struct secrets *secrets,
                   struct error *e);
