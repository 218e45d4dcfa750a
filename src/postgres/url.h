/*
 * Connection URLs (PostgreSQL manual, 34.1.1 "Connection Strings"): taken apart, put together for
 * any migrator to read, and shown without their password.
 */
#pragma once
#include <stdbool.h>

#include "base/error.h"

struct url {
    char *user, *password, *host, *port, *database; /* NULL where the URL says nothing */
    char *options;                                  /* the rest, as a URL's query, or NULL */
};

/*
 * Takes apart a URL or a key=value string. An unreadable one is an ERROR_USAGE whose message
 * repeats nothing of it, since it may hold a password. Release with url_release().
 */
bool url_parse(struct url *u, const char *string, struct error *e);

/*
 * One URL string; the caller frees it. A socket folder becomes ?host=/folder. With
 * `with_password` false it is fit for messages and reports.
 */
char *url_format(const struct url *u, bool with_password);

void url_release(struct url *u);

/* `string` with another database; NULL on an unreadable one. The caller frees it. */
char *url_with_database(const char *string, const char *database, struct error *e);

/* `string` without its password, never NULL; the caller frees it. */
char *url_for_display(const char *string);

/*
 * The value of a connection option (PostgreSQL manual, 34.1.2): the URL's, else libpq's default,
 * among them the environment; NULL: neither. The caller frees it.
 */
char *url_option(const char *string, const char *keyword);

/* The same of the URL alone. */
char *url_own_option(const char *string, const char *keyword);

/* Replaces what the URL says of encryption by sslmode=disable. */
void url_unencrypt(struct url *u);
