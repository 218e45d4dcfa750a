/* The application's statements, from pg_stat_statements, where the database has it. */
#pragma once
#include "base/text.h"
#include "postgres/connection.h"

/* Adds them, one a line, by text, and to the notes why some or all are left out. */
bool shape_statements_add(struct connection *c, struct text *json, struct text *notes,
                          struct error *e);
