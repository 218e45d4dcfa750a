/* Which statement it was, for people: its number, its step, and where its text differs. */
#pragma once
#include "record/cost_record.h"

/* The statement of this number; NULL if there is none. */
const struct statement_cost *blame_find(const struct cost_record *record, size_t number);

/* The first statement of this text; NULL if there is none. */
const struct statement_cost *blame_find_text(const struct cost_record *record, const char *sql);

/*
 * "statement 9 of step Adding … (… CREATE INDEX …)", to be freed. A migrator may send a whole file
 * as one statement: of one that the base has in another version the excerpt begins where they
 * part, after "… ", and names the base's line that was left out there, if one was.
 */
char *blame_statement(const struct cost_record *base, const struct statement_cost *s);
