/*
 * In which encoding and collation databases are made from nothing. Zero-initialised it is the usual
 * one: UTF8, with the collation of the server's own template.
 */
#pragma once
#include <stdbool.h>

#include "postgres/connection.h"

struct database_form {
    char *encoding; /* as PostgreSQL calls it: "SQL_ASCII"; NULL: UTF8 */
    char *locale;   /* of libc, for collation and character types; NULL: C */
};

/* What follows CREATE DATABASE NAME TEMPLATE; NULL for the usual form. To be freed. */
char *database_form_clause(const struct database_form *form, struct connection *c);

/* Replaces what it holds; the strings are copied first, so they may be its own; NULL is allowed. */
void database_form_set(struct database_form *form, const char *encoding, const char *locale);

void database_form_release(struct database_form *form);
