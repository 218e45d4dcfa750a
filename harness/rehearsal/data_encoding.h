/* The encoding of a project's database, where its own rows tell it. */
#pragma once
#include "ground/ground.h"
#include "rehearsal/own_rows.h"

/*
 * What the head of the rows says (SET client_encoding, as pg_dump writes it: the encoding of the
 * database that it dumped); NULL: nothing, or what no database can have. To be freed.
 */
char *data_encoding_find(const struct own_sql *rows, struct connection *c);

/* Whether the rows were refused since they are bytes of no encoding. */
bool data_encoding_is_refused(const struct error *e);
