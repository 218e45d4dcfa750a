/*
 * What differs between the major versions of PostgreSQL that we work with, 14 to 18, as far as our
 * own statements depend on it. Queries of the catalogs do not ask: a column that came later is read
 * through to_jsonb(), which has it or has not. Every row is tried on every version by
 * tests/cli/versions.t.
 */
#pragma once
#include <stdbool.h>

#include "base/error.h"

enum { SERVER_OLDEST = 14, SERVER_NEWEST = 18 }; /* a newer one is not refused */

enum server_feature {
    SERVER_CLONE_STRATEGY,      /* CREATE DATABASE … STRATEGY */
    SERVER_LOCALE_PROVIDER,     /* CREATE DATABASE … LOCALE_PROVIDER */
    SERVER_PARAMETER_RIGHTS,    /* the catalog pg_parameter_acl */
    SERVER_TRANSACTION_TIMEOUT, /* the setting transaction_timeout, which pg_dump sets */
    SERVER_FEATURES
};

/* `version` is a server_version_num: 150020. */
bool server_version_has(int version, enum server_feature feature);

/* The major version that brought the feature. */
int server_version_since(enum server_feature feature);

/* Refuses what is older than we work with: ERROR_UNAVAILABLE, which begins with `server`. */
bool server_version_check(int version, const char *server, struct error *e);
